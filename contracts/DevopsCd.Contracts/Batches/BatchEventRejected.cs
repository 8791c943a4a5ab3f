namespace DevopsCd.Contracts;

/// <summary>A batch refused an event; nothing changed.</summary>
public sealed record BatchEventRejected
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The batch's number in URLs; null when there is no such batch.</summary>
    public long? Id { get; init; }

    /// <summary>The event's key.</summary>
    public required string Event { get; init; }

    /// <summary>English name of the present state; null when there is no such batch.</summary>
    public string? State { get; init; }

    /// <summary>Keys of the events that are legal now.</summary>
    public required IReadOnlyList<string> LegalEvents { get; init; }

    /// <summary>Why it was refused and what to do.</summary>
    public required string Reason { get; init; }

    /// <summary>Who asked.</summary>
    public required string Operator { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
