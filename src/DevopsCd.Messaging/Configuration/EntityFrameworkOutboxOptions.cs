using System.Data;
using Microsoft.EntityFrameworkCore;

namespace MassTransit;

/// <summary>How the outbox of <typeparamref name="TDbContext"/> works.</summary>
public class EntityFrameworkOutboxOptions<TDbContext>
    where TDbContext : DbContext
{
    /// <summary>The isolation of the transaction a message is consumed in. The inbox row and the saga's lock do the rest.</summary>
    public IsolationLevel IsolationLevel { get; set; } = IsolationLevel.ReadCommitted;

    /// <summary>Whether this process sends what is published outside of consumers, or only stores it.</summary>
    public bool DeliverBusOutbox { get; set; } = true;

    /// <summary>How long a statement of the sweep or the cleanup may take; unset, as long as the DbContext's other statements.</summary>
    public TimeSpan? QueryTimeout { get; set; }

    /// <summary>How messages are delivered.</summary>
    public OutboxDeliveryServiceOptions Delivery { get; } = new() { QueryDelay = TimeSpan.FromSeconds(10), MessageDeliveryTimeout = TimeSpan.FromSeconds(10) };
}
