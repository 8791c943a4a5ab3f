namespace DevopsCd.Contracts.Api;

/// <summary>Why a parked message is discarded for good.</summary>
public sealed record DiscardBody
{
    /// <summary>Why the message is not needed.</summary>
    public required string Reason { get; init; }
}
