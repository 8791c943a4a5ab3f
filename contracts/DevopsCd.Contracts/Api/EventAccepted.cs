namespace DevopsCd.Contracts.Api;

/// <summary>A batch accepted an event; the change is committed.</summary>
public sealed record EventAccepted
{
    /// <summary>The batch.</summary>
    public required long BatchId { get; init; }

    /// <summary>The event's key.</summary>
    public required string Event { get; init; }

    /// <summary>Code of the state before.</summary>
    public required int From { get; init; }

    /// <summary>Code of the state after.</summary>
    public required int To { get; init; }

    /// <summary>English name of the state before.</summary>
    public required string FromName { get; init; }

    /// <summary>English name of the state after.</summary>
    public required string ToName { get; init; }

    /// <summary>The batch's version after the event.</summary>
    public required int Version { get; init; }
}
