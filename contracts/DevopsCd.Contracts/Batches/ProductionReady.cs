namespace DevopsCd.Contracts;

/// <summary>A batch waits for a person to start production.</summary>
public sealed record ProductionReady
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The batch's number in URLs.</summary>
    public required long Id { get; init; }

    /// <summary>The batch's number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>The production plan's applications in their order.</summary>
    public required IReadOnlyList<string> Applications { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
