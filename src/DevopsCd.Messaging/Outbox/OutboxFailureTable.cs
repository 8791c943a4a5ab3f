using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>What is noted about messages that could not be sent.</summary>
internal sealed class OutboxFailureTable(DbContext context) : StoredTable<OutboxState>(context)
{
    /// <summary>Notes how the delivery of a message stands.</summary>
    public Task NoteAsync(DbContext context, OutboxState state, CancellationToken cancellationToken)
    {
        var tries = Column(nameof(OutboxState.DeliveryCount)).Name;
        var parked = Column(nameof(OutboxState.Parked)).Name;
        var reason = Column(nameof(OutboxState.Reason)).Name;
        return ExecuteAsync(context,
            InsertSql(1) + $" ON CONFLICT ({Column(nameof(OutboxState.OutboxId)).Name}, {Column(nameof(OutboxState.SequenceNumber)).Name}) DO UPDATE SET {tries} = excluded.{tries}, {parked} = excluded.{parked}, {reason} = excluded.{reason}",
            [state], cancellationToken);
    }

    /// <summary>Removes what was noted about the messages of one outbox up to a position, unless they are parked.</summary>
    public Task DeleteUpToAsync(DbContext context, Guid outboxId, long sequenceNumber, CancellationToken cancellationToken)
    {
        var id = Column(nameof(OutboxState.OutboxId));
        var position = Column(nameof(OutboxState.SequenceNumber));
        return ExecuteAsync(context,
            $"DELETE FROM {Name} WHERE {id.Name} = {Placeholder(0)} AND {position.Name} <= {Placeholder(1)} AND {Column(nameof(OutboxState.Parked)).Name} IS NULL",
            cancellationToken, (id, outboxId), (position, sequenceNumber));
    }
}
