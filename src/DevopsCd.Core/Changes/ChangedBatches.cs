namespace DevopsCd.Core.Changes;

/// <summary>
/// Tells this process which batches it has just changed, after the commit. Only a shortcut: what other hosts change is not told, and whoever shows
/// batches also looks by themselves.
/// </summary>
internal sealed class ChangedBatches
{
    /// <summary>Ids of batches. What is called is part of a commit's way, and does no work there.</summary>
    public event Action<IReadOnlyCollection<long>>? Told;

    public void Tell(IReadOnlyCollection<long> ids) => Told?.Invoke(ids);
}
