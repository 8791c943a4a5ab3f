using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>What people do with notices: look, send again, try a channel.</summary>
internal sealed class NotificationAdministration(
    CdDbContext db, ChannelRegistry channels, NotificationStore store, NoticeComposer composer, WakeSignal<Notification> signal, TimeProvider clock)
{
    public IEnumerable<string> Channels => channels.All.Select(c => c.Name);

    /// <summary>Newest first; <paramref name="before" /> is the last id of the page before.</summary>
    public async Task<IReadOnlyList<NotificationView>> ListAsync(
        Visible visible, long? batch, NotificationStatus? status, long? before, int limit, CancellationToken cancellationToken)
    {
        var rows = db.Set<Notification>().AsNoTracking();
        if (!visible.All)
            rows = rows.Where(n => db.Batches.In(visible).Any(b => b.Id == n.BatchId));
        if (batch is not null)
            rows = rows.Where(n => n.BatchId == batch);
        if (status is not null)
            rows = rows.Where(n => n.Status == status);
        if (before is not null)
            rows = rows.Where(n => n.Id < before);
        return (await rows.OrderByDescending(n => n.Id).Take(limit).ToListAsync(cancellationToken)).ConvertAll(row => row.View());
    }

    /// <summary>One notice, or null.</summary>
    public async Task<NotificationView?> FindAsync(long id, CancellationToken cancellationToken) =>
        (await db.Set<Notification>().AsNoTracking().FirstOrDefaultAsync(n => n.Id == id, cancellationToken))?.View();

    /// <summary>Makes a notice due now with all its tries. Null: there is none; false: it is being sent at this moment, or its channel is gone.</summary>
    public async Task<(bool Done, NotificationView View)?> ResendAsync(long id, Precondition precondition, CancellationToken cancellationToken)
    {
        if (precondition.Seen.Count > 0 && await FindAsync(id, cancellationToken) is { } present)
            precondition.Check($"notification {id}", ResourceTag.Of(present));
        var now = clock.GetUtcNow();
        var known = channels.All.Select(c => c.Name).ToList();
        // One statement: a sender may claim the row in this instant. In a transaction with whatever else the request saves.
        var changed = await db.InTransactionAsync(() => db.Set<Notification>()
            .Where(n => n.Id == id && n.Kind != NoticeKind.Test && known.Contains(n.Channel) &&
                !(n.Status == NotificationStatus.Sending && n.NextAttemptAt > now))
            .ExecuteUpdateAsync(row => row
                .SetProperty(n => n.Status, NotificationStatus.Pending)
                .SetProperty(n => n.Tries, 0)
                .SetProperty(n => n.NextAttemptAt, now)
                .SetProperty(n => n.Lease, (Guid?)null)
                .SetProperty(n => n.SentAt, (DateTimeOffset?)null)
                .SetProperty(n => n.CarriedBy, (long?)null), cancellationToken), cancellationToken);
        if (changed > 0)
            signal.Raise();
        var found = await db.Set<Notification>().AsNoTracking().FirstOrDefaultAsync(n => n.Id == id, cancellationToken);
        return found is null ? null : (changed > 0, found.View());
    }

    /// <summary>Sends a test notice at once, within the address's limit, and records it. Null: there is no such channel.</summary>
    public async Task<TestOutcome?> TestAsync(string channelName, string @operator, CancellationToken cancellationToken)
    {
        if (channels.Find(channelName) is not { } channel)
            return null;
        var (place, wait) = await store.TakePlaceAsync(channel, cancellationToken);
        if (wait > TimeSpan.Zero)
            return new TestOutcome(null, ChannelVerdict.Retry, wait);
        var now = clock.GetUtcNow();
        var notice = Notice.Test($"test/{NewId.NextGuid():N}", @operator, now);
        var answer = await channel.SendAsync(composer.Compose(notice, []), cancellationToken);
        await store.SettleAsync(channel, place, answer, cancellationToken);
        var isOk = answer.Verdict == ChannelVerdict.Ok;
        var row = new Notification
        {
            NoticeKey = notice.Key,
            Channel = channel.Name,
            Kind = notice.Kind,
            Payload = NoticeJson.Write(notice),
            Status = isOk ? NotificationStatus.Sent : NotificationStatus.Failed,
            Tries = 1,
            NextAttemptAt = now,
            CreatedAt = now,
            SentAt = isOk ? clock.GetUtcNow() : null,
            Response = isOk ? answer.Detail : null,
            LastError = isOk ? null : answer.Detail
        };
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return new TestOutcome(row.View(), answer.Verdict, answer.Silence ?? TimeSpan.Zero);
    }
}

/// <summary>What came of a test notice.</summary>
/// <param name="Row">The row that records it; null when the address must rest first.</param>
/// <param name="Verdict">What the answer means.</param>
/// <param name="Wait">How long the address must rest.</param>
internal sealed record TestOutcome(NotificationView? Row, ChannelVerdict Verdict, TimeSpan Wait);
