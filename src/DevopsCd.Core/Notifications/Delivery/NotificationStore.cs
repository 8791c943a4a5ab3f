using System.Security.Cryptography;
using System.Text;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>
/// The rows, as the senders of all processes share them. A claim is one short transaction: it locks the head of a lane,
/// plans, takes a place in the address's limit and writes the lease. Sending happens outside of it.
/// </summary>
internal sealed class NotificationStore(IServiceScopeFactory scopes, NotificationOptions options, TimeProvider clock)
{
    private const int LanesAtOnce = 16;
    private static readonly TimeSpan s_leaseSpare = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_contended = TimeSpan.FromMilliseconds(50);

    /// <summary>Takes the next message of a channel, if one may leave now.</summary>
    public async Task<ClaimResult> ClaimAsync(INotificationChannel channel, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var open = Open(db, channel.Name);
        var lanes = await open
            .GroupBy(n => n.BatchId)
            .Where(lane => lane.Any(n => n.NextAttemptAt <= now) && !lane.Any(n => n.Status == NotificationStatus.Sending && n.NextAttemptAt > now))
            .Select(lane => new { BatchId = lane.Key, Head = lane.Min(n => n.Id) })
            .OrderBy(lane => lane.Head)
            .Take(LanesAtOnce)
            .ToListAsync(cancellationToken);

        var contended = false;
        foreach (var lane in lanes)
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                if (!await LockAsync(db, lane.Head, cancellationToken))
                {
                    contended = true;
                    continue;
                }
                var result = await ClaimAsync(db, channel, lane.BatchId, lane.Head, now, cancellationToken);
                if (result is { Claim: null, LookAgainAt: not null })
                    return result;
                await transaction.CommitAsync(cancellationToken);
                if (result is not null)
                    return result;
            }
            catch (DbUpdateException)
            {
                // Another process took a place of the same limit, or made its row, in this instant.
                contended = true;
            }
            finally
            {
                db.ChangeTracker.Clear();
            }

        if (contended || lanes.Count == LanesAtOnce)
            return new ClaimResult(null, now + s_contended);
        return new ClaimResult(null, await open.Where(n => n.NextAttemptAt > now).MinAsync(n => (DateTimeOffset?)n.NextAttemptAt, cancellationToken));
    }

    /// <summary>Writes what came of a claim. Returns when the message will be tried again, or null when it will not.</summary>
    public async Task<DateTimeOffset?> CompleteAsync(INotificationChannel channel, NotificationClaim claim, ChannelAnswer answer,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        // Whose lease ended while it was sending has lost the rows to another process.
        var rows = await db.Set<Notification>().Where(n => n.Lease == claim.Lease).OrderBy(n => n.Id).ToListAsync(cancellationToken);
        var tries = rows.Count == 0 ? 0 : rows.Max(n => n.Tries);
        DateTimeOffset? again = answer.Verdict == ChannelVerdict.Retry && tries <= options.RetryCount
            ? now + Longer(Wait(tries), answer.Silence ?? TimeSpan.Zero)
            : null;
        foreach (var row in rows)
        {
            var isMain = row.Id == claim.Main.Row.Id;
            row.Lease = null;
            row.NextAttemptAt = again ?? now;
            if (answer.Verdict == ChannelVerdict.Ok)
            {
                row.Status = isMain || row.Kind == NoticeKind.AppFailed ? NotificationStatus.Sent : NotificationStatus.Superseded;
                row.SentAt = now;
                row.CarriedBy = isMain ? null : claim.Main.Row.Id;
                row.LastError = null;
                row.Response = isMain ? answer.Detail : null;
            }
            else
            {
                row.Status = again is null ? NotificationStatus.Failed : NotificationStatus.Pending;
                row.SentAt = null;
                row.LastError = answer.Detail;
            }
        }
        await db.SaveChangesAsync(cancellationToken);
        await SettleAsync(db, channel, claim.Place, answer, cancellationToken);
        return again;
    }

    /// <summary>Takes a place in the limit of a channel's address outside of a claim, or says how long to wait.</summary>
    public async Task<(DateTimeOffset? Place, TimeSpan Wait)> TakePlaceAsync(INotificationChannel channel, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        try
        {
            var taken = await TakePlaceAsync(db, channel, clock.GetUtcNow(), cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return taken;
        }
        catch (DbUpdateException)
        {
            return (null, s_contended);
        }
    }

    /// <summary>Writes into the limit of a channel's address what came of a call outside of a claim.</summary>
    public async Task SettleAsync(INotificationChannel channel, DateTimeOffset? place, ChannelAnswer answer, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await SettleAsync(scope.ServiceProvider.GetRequiredService<CdDbContext>(), channel, place, answer, cancellationToken);
    }

    /// <summary>The wait before the next try: doubled each time, with a little scatter so that lanes do not come back as one.</summary>
    private TimeSpan Wait(int tries) => Backoff.After(tries, options.RetryWait, options.RetryMax) * (1 + Random.Shared.NextDouble() / 10);

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static IQueryable<Notification> Open(CdDbContext db, string channel) => db.Set<Notification>()
        .Where(n => n.Channel == channel && (n.Status == NotificationStatus.Pending || n.Status == NotificationStatus.Sending));

    /// <summary>Null: the lane waits or was not ours after all, its rows say so, go on with the next.</summary>
    private async Task<ClaimResult?> ClaimAsync(
        CdDbContext db, INotificationChannel channel, long? batchId, long head, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await Open(db, channel.Name).Where(n => n.BatchId == batchId).OrderBy(n => n.Id).ToListAsync(cancellationToken);
        if (rows.Count == 0 || rows[0].Id != head || rows.Any(n => n.Status == NotificationStatus.Sending && n.NextAttemptAt > now))
            return null;
        var lane = rows.Select(row => new LaneRow(row, NoticeJson.Read(row.Payload))).ToList();
        var told = await LastToldAsync(db, channel.Name, batchId, cancellationToken);
        var plan = LanePlanner.Plan(lane, stage => told.GetValueOrDefault(stage), now, options);
        if (plan.Main is null)
        {
            foreach (var row in rows.Where(n => n.NextAttemptAt <= now))
                row.NextAttemptAt = plan.WaitUntil!.Value;
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        var (place, wait) = await TakePlaceAsync(db, channel, now, cancellationToken);
        if (wait > TimeSpan.Zero)
            return new ClaimResult(null, now + wait);
        var claim = new NotificationClaim(NewId.NextGuid(), now + options.SendTimeout + s_leaseSpare, plan.Main, plan.Carried, place);
        foreach (var row in plan.Carried.Append(plan.Main).Select(r => r.Row))
        {
            row.Status = NotificationStatus.Sending;
            row.Tries++;
            row.Lease = claim.Lease;
            row.SentAt = now;
            row.NextAttemptAt = claim.LeaseEnds;
        }
        await db.SaveChangesAsync(cancellationToken);
        return new ClaimResult(claim, null);
    }

    /// <summary>Two processes never plan the same lane: on PostgreSQL the head's row lock says so; SQLite has one writer.</summary>
    private static async Task<bool> LockAsync(CdDbContext db, long head, CancellationToken cancellationToken) =>
        !db.Database.IsNpgsql() ||
        (await db.Database.SqlQuery<long>($"select id from notifications where id = {head} for update skip locked").ToListAsync(cancellationToken)).Count == 1;

    private static async Task<Dictionary<Stage, DateTimeOffset?>> LastToldAsync(
        CdDbContext db, string channel, long? batchId, CancellationToken cancellationToken) => await db.Set<Notification>()
        .Where(n => n.BatchId == batchId && n.Channel == channel && n.Stage != null && n.SentAt != null)
        .GroupBy(n => n.Stage!.Value)
        .Select(stage => new { stage.Key, At = stage.Max(n => n.SentAt) })
        .ToDictionaryAsync(s => s.Key, s => s.At, cancellationToken);

    /// <summary>Adds one send to the limit's row, to be saved with the claim; or says how long the address must rest.</summary>
    private static async Task<(DateTimeOffset? Place, TimeSpan Wait)> TakePlaceAsync(
        CdDbContext db, INotificationChannel channel, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (channel.Address is not { } address || channel.Limit.Memory == 0)
            return (null, TimeSpan.Zero);
        var limit = await LimitAsync(db, address, cancellationToken);
        if (limit.BlockedUntil is { } blocked && blocked > now)
            return (null, blocked - now);
        var sends = limit.Times();
        if (channel.Limit.WaitAt(sends, now) is var wait && wait > TimeSpan.Zero)
            return (null, wait);
        // Another process's clock may be ahead: the list stays in order, or its oldest entry would no longer be the oldest.
        var place = sends.Count > 0 && sends[^1] > now ? sends[^1] : now;
        limit.Remember([.. sends, place], channel.Limit.Memory);
        limit.BlockedUntil = null;
        limit.Version++;
        return (place, TimeSpan.Zero);
    }

    private static async Task<SendLimit> LimitAsync(CdDbContext db, string address, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)));
        if (await db.Set<SendLimit>().FirstOrDefaultAsync(l => l.Address == hash, cancellationToken) is { } limit)
            return limit;
        limit = new SendLimit { Address = hash };
        db.Add(limit);
        return limit;
    }

    /// <summary>
    /// After a call. The service counts from when the request reached it: after the place was taken, before the answer. A call that took
    /// long may have spent that time on its way, and the next one would arrive too close behind it; so it counts from its answer.
    /// When the service wants silence, every process keeps it.
    /// </summary>
    private async Task SettleAsync(CdDbContext db, INotificationChannel channel, DateTimeOffset? place, ChannelAnswer answer,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var wasSlow = place is { } taken && now - taken > RateWindow.Jitter;
        if (channel.Address is not { } address || !(wasSlow || answer.Silence is not null))
            return;
        for (var attempt = 0; attempt < 5; attempt++)
            try
            {
                var limit = await LimitAsync(db, address, cancellationToken);
                if (answer.Silence is { } silence && !(limit.BlockedUntil >= now + silence))
                    limit.BlockedUntil = now + silence;
                var sends = limit.Times();
                if (wasSlow && sends.Remove(place!.Value))
                    limit.Remember([.. sends.Append(now).Order()], channel.Limit.Memory);
                limit.Version++;
                await db.SaveChangesAsync(cancellationToken);
                return;
            }
            catch (DbUpdateException)
            {
                db.ChangeTracker.Clear();
            }
    }
}
