using System.Collections.Concurrent;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// What the seals have fixed of the batches that deploy at present (R4, I5): it never changes again, so it is read and parsed once and
/// not whenever one of 500 operations ends.
/// </summary>
internal sealed class SealedContent
{
    private const int Most = 100;

    private readonly ConcurrentDictionary<(Guid Batch, int Seal, DateTimeOffset? At, int Applications), IReadOnlyList<SealedRelease>> _known = new();

    /// <param name="batch">The batch.</param>
    /// <param name="applications">How many applications it has: some may have left it since it was sealed, and none ever comes in (R24).</param>
    /// <param name="read">Reads what is not known yet.</param>
    public async Task<IReadOnlyList<SealedRelease>> OfAsync(Batch batch, int applications, Func<Task<IReadOnlyList<SealedRelease>>> read)
    {
        var seal = (batch.CorrelationId, batch.SealNumber, batch.TaggedAt, applications);
        if (_known.TryGetValue(seal, out var known))
            return known;
        // A batch that still deploys is read again; nothing else is lost.
        if (_known.Count >= Most)
            _known.Clear();
        return _known[seal] = await read();
    }
}
