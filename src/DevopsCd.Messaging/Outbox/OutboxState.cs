namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// A message whose delivery has failed at least once. The table is empty while all is well; a row with <see cref="Parked"/> set
/// is a message that was given up and waits for a person.
/// </summary>
public class OutboxState
{
    /// <summary>The outbox of the message.</summary>
    public Guid OutboxId { get; set; }

    /// <summary>The position of the message in its outbox.</summary>
    public long SequenceNumber { get; set; }

    /// <summary>The message's id.</summary>
    public Guid MessageId { get; set; }

    /// <summary>When delivery failed first (UTC).</summary>
    public DateTime Created { get; set; }

    /// <summary>How often delivery was tried while the broker was there.</summary>
    public int DeliveryCount { get; set; }

    /// <summary>When the message was given up (UTC); null while it is still tried.</summary>
    public DateTime? Parked { get; set; }

    /// <summary>What the last try said.</summary>
    public string Reason { get; set; } = "";
}
