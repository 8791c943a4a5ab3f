namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// One row for every message a consumer has consumed. It is inserted by the transaction that holds the consumer's effects,
/// so a row that can be seen means: consumed, once, for good.
/// </summary>
public class InboxState
{
    /// <summary>The id the message was first sent with; a redelivery keeps it.</summary>
    public Guid MessageId { get; set; }

    /// <summary>A hash of consumer type, message type and endpoint name.</summary>
    public Guid ConsumerId { get; set; }

    /// <summary>When the transaction that consumed the message began (UTC); the duplicate detection window counts from here.</summary>
    public DateTime Received { get; set; }
}
