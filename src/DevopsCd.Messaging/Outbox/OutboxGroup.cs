namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>The messages one transaction decided to send, in order.</summary>
/// <param name="Id">The outbox they are stored under.</param>
/// <param name="Messages">The messages, sorted by position.</param>
/// <param name="Endpoints">Where to get endpoints from; null for the bus.</param>
internal sealed record OutboxGroup(Guid Id, IReadOnlyList<OutboxMessage> Messages, ISendEndpointProvider? Endpoints = null)
{
    /// <summary>Whether the transaction is known to be committed; otherwise the table has to be asked first.</summary>
    public bool IsCommitted { get; init; } = true;

    /// <summary>How often the table was asked in vain, because the database was away.</summary>
    public int Asked { get; init; }

    /// <summary>Until when the messages belong to whoever holds this.</summary>
    public DateTime Lease => Messages.Max(message => message.LockedUntil);
}
