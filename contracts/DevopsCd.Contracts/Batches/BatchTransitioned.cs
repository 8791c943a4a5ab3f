namespace DevopsCd.Contracts;

/// <summary>A batch accepted an event.</summary>
public sealed record BatchTransitioned
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The batch's number in URLs.</summary>
    public required long Id { get; init; }

    /// <summary>The batch's number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>The event's key, for example <c>approve</c>.</summary>
    public required string Event { get; init; }

    /// <summary>English name of the state before.</summary>
    public required string From { get; init; }

    /// <summary>English name of the state after.</summary>
    public required string To { get; init; }

    /// <summary>Who.</summary>
    public required string Operator { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The batch's version after the event.</summary>
    public required int Version { get; init; }

    /// <summary>Why, where a reason was given.</summary>
    public string? Reason { get; init; }
}
