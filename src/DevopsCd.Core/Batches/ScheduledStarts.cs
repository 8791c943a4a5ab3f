using System.Globalization;
using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>Starts of stages that people have asked for at a later time (R21): rows, so that a restart forgets none. The scan is the net.</summary>
internal sealed class ScheduledStarts(CdDbContext db, IMessageScheduler scheduler, AuditWriter journal, TimeProvider clock)
{
    /// <summary>Keys of the audit's rows.</summary>
    public const string Scheduled = "start_scheduled", Withdrawn = "start_withdrawn", Expired = "start_expired", Refused = "start_refused";

    private ReadInTransaction<(long BatchId, ScheduledStart? Start)>? _readWithLock;

    /// <summary>Has the start that waits read with the lock of its batch.</summary>
    /// <param name="queries">Those that are read with it.</param>
    /// <param name="correlationId">The batch.</param>
    /// <returns>To be called with the batch when the queries have been read.</returns>
    public Action<Batch> ReadWithLock(QueryBatch queries, Guid correlationId)
    {
        var batch = db.Batches.Where(b => b.CorrelationId == correlationId).Select(b => b.Id);
        var waiting = queries.Add(db.Set<ScheduledStart>().Where(s => s.BatchId == batch.FirstOrDefault() && s.EndedAt == null));
        return locked => _readWithLock = new(db, (locked.Id, waiting.SingleOrDefault()));
    }

    /// <summary>Writes a start down, in the transaction that has locked the batch; it replaces one that waits.</summary>
    /// <returns>False when its time has come already: it is to happen now.</returns>
    public async Task<bool> AddAsync(Batch batch, BatchEventType type, BatchEventHead head, Subject asker, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (head.NotBefore is not { } due || due <= now)
            return false;
        if (await Waiting(db, batch.Id).SingleOrDefaultAsync(cancellationToken) is { } before)
        {
            before.End($"replaced by {head.Operator}", now);
            await db.SaveChangesAsync(cancellationToken);
        }
        var start = new ScheduledStart
        {
            BatchId = batch.Id,
            BatchCorrelationId = batch.CorrelationId,
            Event = type.Key,
            Operator = head.Operator!,
            Subject = asker.IsEngine ? null : JsonSerializer.Serialize(asker),
            Reason = head.Reason,
            All = head.All,
            OverrideFreeze = head.OverrideFreeze,
            NotBefore = due,
            ExpiresAt = head.ExpiresAt,
            NextTryAt = due,
            CreatedAt = now
        };
        db.Add(start);
        await db.SaveChangesAsync(cancellationToken);
        await WakeAsync(start, cancellationToken);
        Sentence what = $"{type.Key} at {due.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
        if (head.ExpiresAt is { } end)
            what = $"{what}, until {end.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
        journal.Defers(Scheduled, string.IsNullOrWhiteSpace(head.Reason) ? what : (Sentence)$"{what}: {head.Reason}");
        return true;
    }

    /// <summary>The batch goes on, by whatever event: what was to start it is over.</summary>
    /// <param name="batch">Locked by this transaction.</param>
    /// <param name="type">The event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task PassedAsync(Batch batch, BatchEventType type, CancellationToken cancellationToken)
    {
        var waiting = _readWithLock is { Holds: true, Value: var read } && read.BatchId == batch.Id
            ? read.Start
            : await Waiting(db, batch.Id).SingleOrDefaultAsync(cancellationToken);
        _readWithLock = null;
        if (waiting is { } start)
            start.End(start.Event == type.Key ? "started" : $"ended by {type.Key}", clock.GetUtcNow());
    }

    /// <summary>Withdraws the start that waits.</summary>
    /// <returns>Whether there was one.</returns>
    public Task<bool> WithdrawAsync(long batchId, string by, CancellationToken cancellationToken) => db.InTransactionAsync(async () =>
    {
        if (await db.LockBatchAsync(batchId, cancellationToken) is not { } batch
            || await Waiting(db, batchId).SingleOrDefaultAsync(cancellationToken) is not { } start)
            return false;
        start.End($"withdrawn by {by}", clock.GetUtcNow());
        journal.Note(batch, Withdrawn, by, EventSource.Http, Sentence.Quote(start.Event), null);
        batch.UpdatedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>The start that waits, as people see it; null when none does.</summary>
    public Task<ScheduledStartView?> ShowAsync(long batchId, CancellationToken cancellationToken) =>
        Shown(db, batchId).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The same to be read together with others: one row at most.</summary>
    public static IQueryable<ScheduledStartView> Shown(CdDbContext db, long batchId) =>
        Waiting(db, batchId).AsNoTracking().Select(start => new ScheduledStartView
        {
            Event = start.Event,
            Operator = start.Operator,
            Reason = start.Reason,
            NotBefore = start.NotBefore,
            ExpiresAt = start.ExpiresAt,
            NextTryAt = start.NextTryAt,
            WaitsFor = start.WaitsFor
        });

    /// <summary>A scheduled message that wakes it; the net finds the row if the message is lost.</summary>
    public Task WakeAsync(ScheduledStart start, CancellationToken cancellationToken) =>
        scheduler.SchedulePublish(start.NextTryAt.UtcDateTime, new StartScheduled { BatchId = start.BatchCorrelationId, Id = start.Id }, cancellationToken);

    private static IQueryable<ScheduledStart> Waiting(CdDbContext db, long batchId) =>
        db.Set<ScheduledStart>().Where(s => s.BatchId == batchId && s.EndedAt == null);
}
