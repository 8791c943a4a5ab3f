namespace DevopsCd.Core.Deployments;

/// <summary>A call to the deploy service that was claimed and made.</summary>
/// <param name="Call">What was asked.</param>
/// <param name="At">When it was claimed.</param>
/// <param name="Until">Until when it keeps others from making it again.</param>
/// <param name="MayRunBefore">Whether the deploy service may have had the operation before this call.</param>
internal sealed record CallMade(OperationCall Call, DateTimeOffset At, DateTimeOffset Until, bool MayRunBefore)
{
    /// <summary>A later end that was asked for when the answer to it was lost: the claim may have either.</summary>
    public DateTimeOffset? Tried { get; init; }

    /// <summary>Whether a claim with this end is this one.</summary>
    public bool Holds(DateTimeOffset? claimedUntil) => claimedUntil is { } until && (until == Until || until == Tried);
}
