using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Observability;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Gates;

/// <summary>
/// Asks the gates of a batch and takes their results, each under the batch's lock (R22). Nothing is called here: what is asked is a row and a
/// message, and the scan finds a row whose message was lost.
/// </summary>
internal sealed class GateDesk(
    CdDbContext db, GateBook book, AuditWriter journal, Notices notices, IPublishEndpoint publish, IMessageScheduler scheduler, TimeProvider clock)
{
    /// <summary>Keys of the audit's rows.</summary>
    public const string GatePassed = "gate_passed", GateFailed = "gate_failed", GateOverridden = "gate_overridden", GateAskedAgain = "gate_asked_again",
        Awaited = "gates_awaited";

    /// <summary>
    /// Asks the gates that hold what is legal for the batch now, as far as they were not asked about this content and attempt; gates that wait for
    /// a result which would count for nothing wait no more.
    /// </summary>
    /// <param name="batch">Locked by this transaction, its content saved.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AskAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (!await book.HasAnyAsync(batch, cancellationToken))
            return;
        await EndOutdatedAsync(batch, cancellationToken);
        if (GatePoints.OpenIn(batch.Status) is { } point)
            await AskAsync(batch, point, cancellationToken);
    }

    /// <summary>Asks the gates that belong to a stage whose work is done.</summary>
    /// <param name="batch">Locked by this transaction.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What they say.</returns>
    public async Task<GateVerdict> AskAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        if (GatePoints.After(stage) is { } point)
            await AskAsync(batch, point, cancellationToken);
        return await book.VerdictAsync(batch, stage, cancellationToken);
    }

    /// <summary>Waiting gates whose result would count for nothing wait no more.</summary>
    /// <param name="batch">Locked by this transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task EndOutdatedAsync(Batch batch, CancellationToken cancellationToken)
    {
        var waiting = await db.Set<GateRun>().Where(r => r.BatchId == batch.Id && r.Status == GateStatus.Pending).ToListAsync(cancellationToken);
        foreach (var run in waiting.Except(await book.CountingAsync([.. waiting.Select(run => (batch, run))], cancellationToken)))
            run.Decide(GateStatus.Outdated, Operators.Engine, run.Reason, clock.GetUtcNow());
    }

    /// <summary>Whether the gates that hold a stage's start let it pass.</summary>
    public async Task<bool> LetPassAsync(Batch batch, Stage stage, CancellationToken cancellationToken) =>
        (await HeldAsync([batch], stage, cancellationToken)).Count == 0;

    /// <summary>Those of the batches whose start of a stage gates hold.</summary>
    public async Task<IReadOnlyList<Batch>> HeldAsync(IReadOnlyList<Batch> batches, Stage stage, CancellationToken cancellationToken)
    {
        if (GatePoints.Before(stage) is not { } point)
            return [];
        var standing = await book.OfAsync([.. batches.Select(batch => (batch, point))], cancellationToken);
        return [.. batches.Where((_, i) => standing[i].Any(gate => !gate.LetsPass))];
    }

    /// <summary>Takes the result of a webhook, or what a person says of a manual gate. The same result again changes nothing.</summary>
    /// <param name="id">The gate's row.</param>
    /// <param name="said">The result.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="source">Through what, see <see cref="EventSource" />.</param>
    /// <exception cref="BatchRefusedException">
    /// The result is none, there is no such gate, it is not decided that way, or it was decided otherwise or counts no more.
    /// </exception>
    public Task<GateRun> ResultAsync(
        long id, GateResultBody said, Subject by, CancellationToken cancellationToken, string source = EventSource.Http)
    {
        if (said.Result is not (GateResults.Passed or GateResults.Failed))
            throw BatchRefusedException.Content("result", $"must be one of: {GateResults.Passed}, {GateResults.Failed}");
        if (said.Result == GateResults.Failed && string.IsNullOrWhiteSpace(said.Reason))
            throw BatchRefusedException.Content("reason", "is required where the gate has failed: say why in a few words");
        return ResultAsync(id, said.Result == GateResults.Passed, said.Reason, said.ContentHash, by, source, cancellationToken);
    }

    private Task<GateRun> ResultAsync(
        long id, bool hasPassed, string? reason, string? contentHash, Subject by, string source, CancellationToken cancellationToken) =>
        LockedAsync(id, async (batch, run) =>
        {
            if (run.Kind is not (GateKind.Webhook or GateKind.Manual))
                throw Refused(batch, $"the gate {run.Name} is looked at by the engine; override it instead");
            if (contentHash is not null && contentHash != run.ContentHash)
                throw Refused(batch, $"the gate {run.Name} was asked about other content");
            var status = hasPassed ? GateStatus.Passed : GateStatus.Failed;
            if (run.Status == status && run.DecidedBy == by.Operator)
                return;
            await RequireAsync(batch, run, run.Status == GateStatus.Pending, cancellationToken);
            await DecideAsync(batch, run, status, by.Operator, source, reason, cancellationToken);
        }, cancellationToken);

    /// <summary>Lets pass what a gate holds, or ends that a stage waits for it.</summary>
    /// <param name="id">The gate's row.</param>
    /// <param name="reason">Why.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">There is no reason, or no such gate, or it lets pass already or counts no more.</exception>
    public Task<GateRun> OverrideAsync(long id, string reason, Subject by, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(reason))
            throw BatchRefusedException.Content("reason", "is required to override a gate: say why in a few words");
        return LockedAsync(id, async (batch, run) =>
        {
            await RequireAsync(batch, run, run.Status is GateStatus.Pending or GateStatus.Failed, cancellationToken);
            await DecideAsync(batch, run, GateStatus.Overridden, by.Operator, EventSource.Http, reason, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Asks a gate that has failed, or whose result is old, once more: another row takes its place.</summary>
    /// <param name="id">The gate's row.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">There is no such gate, it still waits, or it counts no more.</exception>
    /// <returns>The new row.</returns>
    public async Task<GateRun> AgainAsync(long id, Subject by, CancellationToken cancellationToken)
    {
        GateRun? again = null;
        await LockedAsync(id, async (batch, run) =>
        {
            await RequireAsync(batch, run, run.Status is GateStatus.Passed or GateStatus.Failed, cancellationToken);
            journal.Note(batch, GateAskedAgain, by.Operator, EventSource.Http, Sentence.Quote(run.Name), null);
            again = await AskAsync(batch, run.Project, run.Gate, run.ContentHash, run.Round + 1, cancellationToken);
        }, cancellationToken);
        return again!;
    }

    /// <summary>A gate is decided: the audit, the notice, and whatever waited for it goes on.</summary>
    /// <param name="batch">Locked by this transaction.</param>
    /// <param name="run">Its gate.</param>
    /// <param name="status">How.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="source">Through what, see <see cref="EventSource" />.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DecideAsync(
        Batch batch, GateRun run, GateStatus status, string by, string source, string? reason, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        run.Decide(status, by, reason, now);
        batch.UpdatedAt = now;
        var key = status switch
        {
            GateStatus.Passed => GatePassed,
            GateStatus.Failed => GateFailed,
            _ => GateOverridden
        };
        journal.Note(batch, key, by, source, string.IsNullOrWhiteSpace(reason) ? Sentence.Quote(run.Name) : (Sentence)$"{run.Name}: {reason}", null);
        await notices.AddAsync(Notice.GateDecided(batch, run.Id, run.Name, run.LetsPass, by, run.Reason, now), cancellationToken);
        await publish.Publish(new GateDecided
        {
            BatchId = batch.CorrelationId,
            BatchNumber = batch.BatchNumber,
            GateId = run.Id,
            Project = run.Project,
            Name = run.Name,
            Point = EnumNames<GatePoint>.Of(run.Point),
            Kind = EnumNames<GateKind>.Of(run.Kind),
            Result = EnumNames<GateStatus>.Of(status),
            DecidedBy = by,
            Reason = run.Reason,
            ContentHash = run.ContentHash,
            At = now
        }, cancellationToken);
        Metrics.GateDecided(EnumNames<GateKind>.Of(run.Kind), EnumNames<GateStatus>.Of(status), now - run.CreatedAt);
        await db.SaveChangesAsync(cancellationToken);
        if (run.Point.BelongsToStage())
            await publish.Publish(new AdvanceStage { BatchId = batch.CorrelationId }, cancellationToken);
        else if (run.LetsPass && await StartsByItselfAsync(batch, cancellationToken))
            await publish.Publish(AutomaticStart.Of(batch.CorrelationId),
                c => c.MessageId = AutomaticStart.MessageId(batch.CorrelationId, batch.SealNumber, batch.Pre.Attempt), cancellationToken);
    }

    /// <summary>Wakes a gate's next call, or its timeout.</summary>
    public Task WakeAsync(GateRun run, CancellationToken cancellationToken) => run.NextActionAt is not { } at ? Task.CompletedTask
        : at <= clock.GetUtcNow()
            ? publish.Publish(new AskGate { BatchId = run.BatchCorrelationId, Id = run.Id }, cancellationToken)
            : scheduler.SchedulePublish(at.UtcDateTime, new AskGate { BatchId = run.BatchCorrelationId, Id = run.Id }, cancellationToken);

    private async Task<bool> StartsByItselfAsync(Batch batch, CancellationToken cancellationToken) =>
        batch is { Status: BatchStatus.Sealed, AutoDeployBlocked: false }
        && await LetPassAsync(batch, Stages.All.Single(stage => stage.StartsByItself()), cancellationToken);

    private async Task AskAsync(Batch batch, GatePoint point, CancellationToken cancellationToken)
    {
        var missing = (await book.OfAsync(batch, point, cancellationToken)).Where(gate => gate.Run is null).ToList();
        if (missing.Count == 0)
            return;
        var hash = await book.HashAsync(batch.Id, cancellationToken);
        var attempt = point.Attempt(batch);
        foreach (var (project, gate, _) in missing)
        {
            // Asked in another form before: by a policy that has changed since.
            var before = await db.Set<GateRun>().CountAsync(r => r.BatchId == batch.Id && r.Point == point && r.Project == project && r.Name == gate.Name
                && r.ContentHash == hash && r.Attempt == attempt, cancellationToken);
            await AskAsync(batch, project, gate, hash, before, cancellationToken);
        }
    }

    private async Task<GateRun> AskAsync(Batch batch, string project, Gate gate, string hash, int round, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var deadline = now + gate.Timeout;
        var run = new GateRun
        {
            BatchId = batch.Id,
            BatchCorrelationId = batch.CorrelationId,
            Project = project,
            Name = gate.Name,
            Point = gate.Point,
            Kind = gate.Kind,
            Definition = GateRules.Write(gate),
            ContentHash = hash,
            Attempt = gate.Point.Attempt(batch),
            Round = round,
            CreatedAt = now,
            DeadlineAt = deadline,
            NextActionAt = gate.Kind == GateKind.Manual ? deadline : now
        };
        db.Add(run);
        batch.UpdatedAt = now;
        await db.SaveChangesAsync(cancellationToken);
        await WakeAsync(run, cancellationToken);
        if (gate.Kind == GateKind.Manual)
            await notices.AddAsync(Notice.GateWaits(batch, run.Id, gate.Name, now), cancellationToken);
        return run;
    }

    /// <exception cref="BatchRefusedException">It is not open to that any more.</exception>
    private async Task RequireAsync(Batch batch, GateRun run, bool isOpen, CancellationToken cancellationToken)
    {
        if (!isOpen)
            throw Refused(batch, $"the gate {run.Name} is {EnumNames<GateStatus>.Of(run.Status)} already");
        if (!await book.CountsAsync(batch, run, cancellationToken))
            throw Refused(batch, $"the gate {run.Name} counts no more: content, attempt or policy has changed since it was asked");
    }

    private Task<GateRun> LockedAsync(long id, Func<Batch, GateRun, Task> work, CancellationToken cancellationToken) => db.InTransactionAsync(async () =>
    {
        if (await db.Set<GateRun>().Where(r => r.Id == id).Select(r => (long?)r.BatchId).SingleOrDefaultAsync(cancellationToken) is not { } batchId
            || await db.LockBatchAsync(batchId, cancellationToken) is not { } batch)
            throw new BatchRefusedException(RefusalKind.NotFound, $"there is no gate {id}");
        var run = await db.Set<GateRun>().SingleAsync(r => r.Id == id, cancellationToken);
        await work(batch, run);
        await db.SaveChangesAsync(cancellationToken);
        return run;
    }, cancellationToken);

    private static BatchRefusedException Refused(Batch batch, Sentence why) => new(RefusalKind.Illegal, why) { State = batch.Status };
}
