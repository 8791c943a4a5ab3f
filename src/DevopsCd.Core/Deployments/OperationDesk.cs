using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Moves one operation: claim a due call, make it outside of any transaction, write down what came of it. Each step is a
/// transaction of its own, so that no consumer holds rows or a message while a rollout runs.
/// </summary>
internal sealed class OperationDesk(IServiceScopeFactory scopes, IDeployService service, DeployOptions options, K8sOptions calls, TimeProvider clock, ILogger<OperationDesk> log)
{
    /// <summary>A message may come a little before the time that was written down: clocks and stores round.</summary>
    private static readonly TimeSpan s_early = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a claimed call keeps others from making it again; then the net repeats it.</summary>
    private readonly TimeSpan _claim = (calls.CallTimeout.Value * 1.5) + TimeSpan.FromSeconds(5);

    /// <summary>Submits the operation, if a try is due; false when none is.</summary>
    public async Task<bool> Submit(string operationId, CancellationToken cancellationToken)
    {
        if (await Claim(operationId, OperationStatus.Pending, countTry: true, cancellationToken) is not { } operation)
            return false;
        if (operation.StopRequested)
        {
            // An earlier try may have arrived although its answer did not.
            if (operation.Tries > 0)
                await service.Stop(operation, cancellationToken);
            await Settle(operationId, new DeployAnswer.Stopped(), cancellationToken);
        }
        else if (clock.GetUtcNow() >= operation.DeadlineAt)
            await TimeOut(operation, cancellationToken);
        else
            await Settle(operationId, await service.Submit(operation, cancellationToken), cancellationToken);
        return true;
    }

    /// <summary>Asks how the operation stands, if a look is due; stops it when it is over time or a stop was asked for. False when nothing is due.</summary>
    public async Task<bool> Check(string operationId, CancellationToken cancellationToken)
    {
        // Not only a look: by this way, too, a stop reaches an operation that waits for its next try.
        if (await Claim(operationId, OperationStatus.Progressing, countTry: false, cancellationToken) is not { } operation)
            return await Submit(operationId, cancellationToken);
        var answer = await service.Look(operation, cancellationToken);
        var ended = answer is DeployAnswer.Succeeded or DeployAnswer.Failed or DeployAnswer.Stopped;
        if (!ended && operation.StopRequested)
        {
            answer = await service.Stop(operation, cancellationToken);
            if (answer is DeployAnswer.Progressing or DeployAnswer.Stopped)
                await StopAsked(operationId, cancellationToken);
        }
        else if (!ended && clock.GetUtcNow() >= operation.DeadlineAt)
        {
            await TimeOut(operation, cancellationToken);
            return true;
        }
        await Settle(operationId, answer, cancellationToken);
        return true;
    }

    /// <summary>
    /// For a message that comes a second time while nothing is due: whoever had it first may have died with a call in hand. It is taken
    /// up as soon as the claim of that call ends, and not only when the net comes by.
    /// </summary>
    public Task TakeUp(string operationId, CancellationToken cancellationToken) => InBatch(operationId,
        (_, _, operation, services) => operation.NextActionAt is { } due ? Later(operation, due, services, cancellationToken) : Task.CompletedTask, cancellationToken);

    /// <summary>A report from the deploy system: ends the operation sooner than its next poll, or is kept as ignored (R10).</summary>
    public async Task Report(DeploymentReported report, string source, CancellationToken cancellationToken)
    {
        var why = await InBatch(report.OperationId, async (db, batch, operation, services) =>
        {
            if (!operation.InFlight)
            {
                services.GetRequiredService<BatchJournal>().Ignore(batch, "deployment_reported", Operators.DeploySystem, source,
                    $"{operation.OperationId} has ended as {SnakeCaseConverter<OperationStatus>.Name(operation.Status)}; reported {SnakeCaseConverter<DeploymentPhase>.Name(report.Phase)}", null);
                return;
            }
            if (report.Phase == DeploymentPhase.Progressing)
                return;
            await End(operation, report.Phase == DeploymentPhase.Succeeded ? OperationStatus.Succeeded : OperationStatus.Failed,
                report.Message ?? report.Reason ?? "the deploy system reported a failure", batch, services, cancellationToken);
        }, cancellationToken);
        if (!why)
            throw new BatchRefused(RefusalKind.NotFound, $"there is no operation '{report.OperationId}'");
    }

    private async Task StopAsked(string operationId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        await scope.ServiceProvider.GetRequiredService<CdDbContext>().Deployments.Where(d => d.OperationId == operationId && d.StopAskedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.StopAskedAt, now), cancellationToken);
    }

    private async Task TimeOut(Deployment operation, CancellationToken cancellationToken)
    {
        // Asked best-effort: the operation is over for the batch whatever the service answers.
        if (operation.Status == OperationStatus.Progressing || operation.Tries > 0)
            await service.Stop(operation, cancellationToken);
        await InBatch(operation.OperationId, (_, batch, row, services) => row.InFlight
            ? End(row, OperationStatus.TimedOut, $"not done by {row.DeadlineAt:u}", batch, services, cancellationToken)
            : Task.CompletedTask, cancellationToken);
    }

    /// <summary>
    /// Takes a due call for this caller alone, and counts the try before it is made: a crash in the middle of a call has
    /// used it up (I8). Where no call is made any more, because of a stop or the deadline, there is no try. Null when nothing
    /// is due: a repeated message, or another instance's call.
    /// </summary>
    private async Task<Deployment?> Claim(string operationId, OperationStatus status, bool countTry, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var now = clock.GetUtcNow();
        var due = now + s_early;
        var until = now + _claim;
        var one = countTry ? 1 : 0;
        var claimed = await db.Deployments
            .Where(d => d.OperationId == operationId && d.Status == status && d.NextActionAt != null && d.NextActionAt <= due)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.NextActionAt, until).SetProperty(d => d.Tries, d => d.Tries + (d.StopRequested || d.DeadlineAt <= now ? 0 : one)), cancellationToken);
        return claimed == 0 ? null : await db.Deployments.AsNoTracking().SingleAsync(d => d.OperationId == operationId, cancellationToken);
    }

    private async Task Settle(string operationId, DeployAnswer answer, CancellationToken cancellationToken) =>
        await InBatch(operationId, (db, batch, operation, services) =>
        {
            if (!operation.InFlight)
                return Task.CompletedTask;
            var now = clock.GetUtcNow();
            switch (answer)
            {
                case DeployAnswer.Succeeded:
                    operation.AcceptedAt ??= now;
                    return End(operation, OperationStatus.Succeeded, null, batch, services, cancellationToken);
                case DeployAnswer.Stopped:
                    var late = now >= operation.DeadlineAt && !batch.CancelRequested;
                    return End(operation, late ? OperationStatus.TimedOut : OperationStatus.Stopped,
                        late ? $"not done by {operation.DeadlineAt:u}" : "stopped", batch, services, cancellationToken);
                case DeployAnswer.Failed failed:
                    return End(operation, OperationStatus.Failed, failed.Reason, batch, services, cancellationToken);
                case DeployAnswer.Progressing progressing:
                    operation.Status = OperationStatus.Progressing;
                    operation.AcceptedAt ??= now;
                    // A stop that was asked for while this call was under way.
                    if (operation.StopRequested && operation.StopAskedAt is null)
                        return Later(operation, now, services, cancellationToken);
                    var look = progressing.LookAfter is { } hint && hint < options.PollInterval.Value ? hint : options.PollInterval.Value;
                    return Later(operation, now + look, services, cancellationToken);
                case DeployAnswer.NotSent notSent:
                    // Only a submit was counted; a look that was not sent takes nothing back.
                    if (operation.Status == OperationStatus.Pending)
                        operation.Tries--;
                    return Later(operation, now + notSent.RetryAfter, services, cancellationToken);
                case DeployAnswer.Unknown when operation.StopRequested:
                    return End(operation, OperationStatus.Stopped, "stopped", batch, services, cancellationToken);
                case DeployAnswer.Unknown:
                    // It was accepted, and the service has lost it: ask again under the same id.
                    operation.Status = OperationStatus.Pending;
                    return Later(operation, now, services, cancellationToken);
                case DeployAnswer.Transient transient when operation.Status == OperationStatus.Progressing:
                    operation.Error = transient.Reason;
                    return Later(operation, now + Longer(options.PollInterval, transient.RetryAfter), services, cancellationToken);
                case DeployAnswer.Transient transient when operation.Tries > options.RetryCount:
                    return End(operation, OperationStatus.Failed, $"gave up after {operation.Tries} tries: {transient.Reason}", batch, services, cancellationToken);
                case DeployAnswer.Transient transient:
                    operation.Error = transient.Reason;
                    var next = now + Longer(options.Backoff(operation.Tries), transient.RetryAfter);
                    log.Retries(batch.BatchNumber, operation.OperationId, operation.Tries, next, transient.Reason);
                    return Later(operation, next, services, cancellationToken);
                default:
                    throw new InvalidOperationException($"unknown answer {answer}");
            }
        }, cancellationToken);

    /// <summary>The next call's time as a row, and a scheduled message that wakes it; the net finds the row if the message is lost.</summary>
    private static async Task Later(Deployment operation, DateTimeOffset at, IServiceProvider services, CancellationToken cancellationToken)
    {
        var due = at < operation.DeadlineAt ? at : operation.DeadlineAt;
        operation.NextActionAt = due;
        var scheduler = services.GetRequiredService<IMessageScheduler>();
        if (operation.Status == OperationStatus.Pending)
            await scheduler.SchedulePublish(due.UtcDateTime, new DeployApplication { OperationId = operation.OperationId, BatchId = operation.BatchCorrelationId }, cancellationToken);
        else
            await scheduler.SchedulePublish(due.UtcDateTime, new CheckDeployment { OperationId = operation.OperationId, BatchId = operation.BatchCorrelationId }, cancellationToken);
    }

    private async Task End(Deployment operation, OperationStatus status, string? reason, Batch batch, IServiceProvider services, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        operation.Status = status;
        operation.FinishedAt = now;
        operation.NextActionAt = null;
        operation.Error = reason;
        await services.GetRequiredService<IPublishEndpoint>().Publish(new DeploymentFinished
        {
            OperationId = operation.OperationId,
            BatchId = batch.CorrelationId,
            Application = operation.Application,
            Stage = SnakeCaseConverter<Stage>.Name(operation.Stage),
            Cluster = operation.Cluster,
            Outcome = SnakeCaseConverter<OperationStatus>.Name(status),
            Reason = reason,
            Tries = operation.Tries,
            At = now
        }, cancellationToken);
        var outcome = SnakeCaseConverter<OperationStatus>.Name(status);
        Metrics.Deployed(SnakeCaseConverter<Stage>.Name(operation.Stage), outcome, now - operation.StartedAt);
        log.Ended(batch.BatchNumber, operation.OperationId, outcome, operation.Tries, reason ?? "");
        if (BatchStatus.Deploying(batch.Status) == operation.Stage && operation.Attempt == batch.Attempt(operation.Stage))
            await services.GetRequiredService<StageDispatcher>().Advance(batch, operation.Stage, cancellationToken);
    }

    /// <summary>One transaction under the batch's row lock. False when there is no such operation.</summary>
    private async Task<bool> InBatch(string operationId, Func<CdDbContext, Batch, Deployment, IServiceProvider, Task> work, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        return await db.InTransaction(async () =>
        {
            if (await db.Deployments.Where(d => d.OperationId == operationId).Select(d => (long?)d.BatchId).SingleOrDefaultAsync(cancellationToken) is not { } batchId)
                return false;
            var batch = await db.LockBatch(batchId, cancellationToken);
            // Read under the lock: what it was before may have ended meanwhile.
            var operation = await db.Deployments.SingleAsync(d => d.OperationId == operationId, cancellationToken);
            await work(db, batch!, operation, scope.ServiceProvider);
            return true;
        }, cancellationToken);
    }

    private static TimeSpan Longer(TimeSpan wait, TimeSpan? asked) => asked > wait ? asked.Value : wait;
}
