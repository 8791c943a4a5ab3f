namespace DevopsCd.Contracts.Api;

/// <summary>Body of <c>POST /batches/{id}/events/{event}</c>; may be absent where no reason is required.</summary>
public sealed record RaiseEvent
{
    /// <summary>Why; required to reject and to cancel.</summary>
    public string? Reason { get; init; }

    /// <summary>With approve: the hash of the content that was looked at.</summary>
    public string? ContentHash { get; init; }
}
