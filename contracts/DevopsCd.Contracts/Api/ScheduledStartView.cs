namespace DevopsCd.Contracts.Api;

/// <summary>A start of a stage that a person has asked for at a later time.</summary>
public sealed record ScheduledStartView
{
    /// <summary>The key of the event that will be raised.</summary>
    public required string Event { get; init; }

    /// <summary>Who has asked for it; their rights count when it is due.</summary>
    public required string Operator { get; init; }

    /// <summary>Why, as they gave it.</summary>
    public string? Reason { get; init; }

    /// <summary>When it is due.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>When it is given up, if something stands in its way for so long; absent for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it is tried next: at first <c>notBefore</c>, later when what stands in its way may have lifted.</summary>
    public required DateTimeOffset NextTryAt { get; init; }

    /// <summary>What stood in its way when it was tried last; absent before.</summary>
    public string? WaitsFor { get; init; }
}
