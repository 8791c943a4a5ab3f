namespace DevopsCd.Contracts.Api;

/// <summary>A message from the service that the broker refused five times: a committed fact that nobody was told.</summary>
public sealed record OutgoingView
{
    /// <summary>The outbox that holds the message: the messages of one transaction.</summary>
    public required Guid OutboxId { get; init; }

    /// <summary>The place of the message in its outbox, from 1. What followed it was sent without it.</summary>
    public required long Position { get; init; }

    /// <summary>The id of the message, by which receivers know it.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The type of the message.</summary>
    public required string MessageType { get; init; }

    /// <summary>The address that the message was to be sent to.</summary>
    public string? Destination { get; init; }

    /// <summary>When the message was decided to be sent.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>When an attempt to send the message first failed.</summary>
    public required DateTimeOffset FailedAt { get; init; }

    /// <summary>When sending the message was given up.</summary>
    public required DateTimeOffset ParkedAt { get; init; }

    /// <summary>How often sending the message was attempted.</summary>
    public required int Tries { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public required string Reason { get; init; }

    /// <summary>The body of the message; only where a single message is shown.</summary>
    public string? Body { get; init; }
}
