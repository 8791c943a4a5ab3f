using System.Text;
using DevopsCd.Core.Data;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Parking;

/// <summary>
/// Messages of our own that the broker refused to take, time and again. They are committed facts: nothing else brings them out. A decision is
/// kept among the parked messages, with what the message said.
/// </summary>
internal sealed class OutgoingMessages(CdDbContext db, TimeProvider clock, ILogger<OutgoingMessages> log)
{
    /// <summary>The one given up last comes first.</summary>
    public Task<List<OutgoingMessage>> ListAsync(int skip, int count, CancellationToken cancellationToken) =>
        Parked().OrderByDescending(m => m.Trouble.Parked).ThenBy(m => m.Trouble.OutboxId).ThenBy(m => m.Trouble.SequenceNumber).Skip(skip).Take(count)
            .ToListAsync(cancellationToken);

    public Task<OutgoingMessage?> FindAsync(Guid outboxId, long position, CancellationToken cancellationToken) =>
        Parked().FirstOrDefaultAsync(m => m.Trouble.OutboxId == outboxId && m.Trouble.SequenceNumber == position, cancellationToken);

    /// <summary>
    /// Gives it back to the outbox, which sends it at once and tries five times again. False when it is not parked (any more).
    /// <paramref name="check" /> throws when the message is not what the person has seen.
    /// </summary>
    public Task<bool> SendAgainAsync(Guid outboxId, long position, string who, Action<OutgoingMessage> check, CancellationToken cancellationToken) =>
        DecideAsync(outboxId, position, ParkedStatus.Replayed, who, "as it was", check, message => message.ExecuteUpdateAsync(
            set => set.SetProperty(m => m.LockedUntil, clock.GetUtcNow().UtcDateTime), cancellationToken), cancellationToken);

    /// <summary>Takes it out of the outbox for good; otherwise as <see cref="SendAgainAsync" />.</summary>
    public Task<bool> DiscardAsync(Guid outboxId, long position, string reason, string who, Action<OutgoingMessage> check,
        CancellationToken cancellationToken) =>
        DecideAsync(outboxId, position, ParkedStatus.Discarded, who, reason, check, message => message.ExecuteDeleteAsync(cancellationToken),
            cancellationToken);

    private IQueryable<OutgoingMessage> Parked() =>
        from trouble in db.Set<OutboxState>().AsNoTracking()
        join message in db.Set<OutboxMessage>().AsNoTracking()
            on new { trouble.OutboxId, trouble.SequenceNumber } equals new { message.OutboxId, message.SequenceNumber }
        where trouble.Parked != null
        select new OutgoingMessage { Trouble = trouble, Message = message };

    private async Task<bool> DecideAsync(
        Guid outboxId, long position, ParkedStatus decision, string who, string detail, Action<OutgoingMessage> check,
            Func<IQueryable<OutboxMessage>, Task<int>> carryOut, CancellationToken cancellationToken)
    {
        var decided = await db.InTransactionAsync(async () =>
        {
            if (await FindAsync(outboxId, position, cancellationToken) is not { } parked)
                return null;
            check(parked);
            // Of two people at once one finds the row; and nobody decides on one that was given up anew meanwhile.
            if (await db.Set<OutboxState>().Where(s => s.OutboxId == outboxId && s.SequenceNumber == position && s.Parked == parked.Trouble.Parked)
                .ExecuteDeleteAsync(cancellationToken) == 0)
                return null;
            await carryOut(db.Set<OutboxMessage>().Where(m => m.OutboxId == outboxId && m.SequenceNumber == position));

            var row = Kept(parked, decision, who, detail);
            db.Add(row);
            await db.SaveChangesAsync(cancellationToken);
            db.Add(new ParkedAction { ParkedId = row.Id, Action = decision, Done = true, Operator = who, Detail = detail, At = row.ResolvedAt!.Value });
            return row;
        }, cancellationToken);
        if (decided is null)
            return false;
        log.Resolved(decided.Id, decision.ToString(), who);
        return true;
    }

    private ParkedMessage Kept(OutgoingMessage parked, ParkedStatus decision, string who, string detail)
    {
        var body = Encoding.UTF8.GetBytes(parked.Message.Body);
        var now = clock.GetUtcNow();
        return new ParkedMessage
        {
            ReceivedAt = new DateTimeOffset(parked.Trouble.Parked!.Value, TimeSpan.Zero),
            Queue = QueueNames.Outbox,
            Exchange = parked.Message.DestinationAddress?.AbsolutePath,
            MessageType = parked.Message.MessageType.Split(';')[0],
            MessageId = parked.Message.MessageId,
            ContentType = parked.Message.ContentType,
            Body = body.Length > ParkedMessage.LargestBody ? body[..ParkedMessage.LargestBody] : body,
            BodySize = body.Length,
            Truncated = body.Length > ParkedMessage.LargestBody,
            Reason = parked.Trouble.Reason,
            Status = decision,
            ResolvedBy = who,
            ResolvedAt = now,
            Resolution = detail,
        };
    }
}
