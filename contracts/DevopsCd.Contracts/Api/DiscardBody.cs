namespace DevopsCd.Contracts.Api;

/// <summary>Lays a parked message aside for good.</summary>
public sealed record DiscardBody
{
    /// <summary>Why it is not needed.</summary>
    public required string Reason { get; init; }
}
