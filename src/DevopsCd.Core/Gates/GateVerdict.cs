namespace DevopsCd.Core.Gates;

/// <summary>What the gates of a stage say.</summary>
/// <param name="HasFailed">One of them has failed.</param>
/// <param name="Why">Why they do not let pass; null: all do.</param>
internal sealed record GateVerdict(bool HasFailed, Sentence? Why)
{
    public static GateVerdict Passed { get; } = new(false, null);

    /// <summary>All of them let pass.</summary>
    public bool HasPassed => Why is null;
}
