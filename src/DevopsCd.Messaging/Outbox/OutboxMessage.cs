namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>A message that waits for delivery: written in the transaction that decided to send it, removed once the transport has confirmed it.</summary>
public class OutboxMessage
{
    /// <summary>The transaction the message belongs to; ids ascend with time. Messages of one outbox leave in the order of their sequence numbers.</summary>
    public Guid OutboxId { get; set; }

    /// <summary>The position of the message in its outbox, from 1.</summary>
    public long SequenceNumber { get; set; }

    /// <summary>The id the receiver recognises duplicates by.</summary>
    public Guid MessageId { get; set; }

    /// <summary>The conversation the message belongs to.</summary>
    public Guid? ConversationId { get; set; }

    /// <summary>The correlation of the message.</summary>
    public Guid? CorrelationId { get; set; }

    /// <summary>The correlation of the message that caused this one.</summary>
    public Guid? InitiatorId { get; set; }

    /// <summary>The request this message is, or answers.</summary>
    public Guid? RequestId { get; set; }

    /// <summary>Who sent it.</summary>
    public Uri? SourceAddress { get; set; }

    /// <summary>Where it goes.</summary>
    public Uri? DestinationAddress { get; set; }

    /// <summary>Where an answer goes.</summary>
    public Uri? ResponseAddress { get; set; }

    /// <summary>Where a fault goes.</summary>
    public Uri? FaultAddress { get; set; }

    /// <summary>The format of <see cref="Body"/>.</summary>
    public string ContentType { get; set; } = "";

    /// <summary>The message's type names, separated by semicolons.</summary>
    public string MessageType { get; set; } = "";

    /// <summary>Transport headers as a JSON object; null when there are none.</summary>
    public string? Headers { get; set; }

    /// <summary>Transport properties (routing key, priority, …) as a JSON object; null when there are none.</summary>
    public string? Properties { get; set; }

    /// <summary>The serialized message, sent as it is.</summary>
    public string Body { get; set; } = "";

    /// <summary>When it was sent (UTC).</summary>
    public DateTime SentTime { get; set; }

    /// <summary>When it stops being worth delivering (UTC).</summary>
    public DateTime? ExpirationTime { get; set; }

    /// <summary>Not to be received before (UTC): the delay the sender asked for.</summary>
    public DateTime? EnqueueTime { get; set; }

    /// <summary>Until then (UTC) one deliverer owns the row; after that any sweep may take it. A parked message is locked for ever.</summary>
    public DateTime LockedUntil { get; set; }

    /// <summary>The consumed message that caused this one, when a consumer sent it.</summary>
    public Guid? InboxMessageId { get; set; }

    /// <summary>The consumer that sent it, when one did.</summary>
    public Guid? InboxConsumerId { get; set; }

    /// <summary>The headers as the sender set them, while the message is still in memory.</summary>
    internal IReadOnlyDictionary<string, object>? HeaderValues { get; set; }

    /// <summary>The body as the serializer made it, while the message is still in memory.</summary>
    internal MessageBody? BodyValue { get; set; }

    /// <summary>The properties as the sender set them, while the message is still in memory.</summary>
    internal IReadOnlyDictionary<string, object>? PropertyValues { get; set; }
}
