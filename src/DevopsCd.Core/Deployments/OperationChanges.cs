using DevopsCd.Contracts;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Deployments;

/// <summary>What becomes of operations of one batch in one transaction, under its lock, and what follows from it for others.</summary>
internal sealed class OperationChanges(CdDbContext db, IPublishEndpoint publish, IMessageScheduler scheduler, StageDispatcher dispatcher, StageEnds ends,
    LiveVersions versions, ILogger<OperationChanges> log)
{
    private readonly List<Deployment> _succeeded = [];
    private Stage? _advance;

    /// <summary>Writes what the rules made of an operation.</summary>
    public async Task BecomeAsync(Batch batch, Deployment operation, OperationState next, CancellationToken cancellationToken)
    {
        var before = operation.State();
        if (next == before)
            return;
        operation.Become(next);
        // Also where the claim that has ended would have ended at the very time of the next call.
        if (next.NextActionAt is { } due && (due != before.NextActionAt || next.ClaimedUntil != before.ClaimedUntil))
            await WakeAsync(operation, due, cancellationToken);
        if (before.InFlight && !next.InFlight)
            await EndedAsync(batch, operation, cancellationToken);
        else if (before.StopDue && !next.StopDue)
            await SettledAsync(batch, operation, cancellationToken);
        else if (next.InFlight && next.Status == OperationStatus.Pending && next.Error is { } reason && next.NextActionAt is { } at)
            log.Retries(batch.BatchNumber, operation.OperationId, operation.Tries, at, reason);
        else if (next.StopDue)
            log.StopStaysDue(batch.BatchNumber, operation.OperationId, next.NextActionAt);
    }

    /// <summary>A scheduled message that wakes the next call; the net finds the row if the message is lost.</summary>
    public Task WakeAsync(Deployment operation, DateTimeOffset at, CancellationToken cancellationToken) => operation.Status == OperationStatus.Pending
        ? scheduler.SchedulePublish(at.UtcDateTime, new DeployApplication { OperationId = operation.OperationId, BatchId = operation.BatchCorrelationId },
            cancellationToken)
        : scheduler.SchedulePublish(at.UtcDateTime, new CheckDeployment { OperationId = operation.OperationId, BatchId = operation.BatchCorrelationId },
            cancellationToken);

    /// <summary>Once for all that has changed: writes what runs now, starts what can start now, and ends the stage when nothing can.</summary>
    public async Task CompleteAsync(Batch batch, CancellationToken cancellationToken)
    {
        await versions.WriteAsync(_succeeded, cancellationToken);
        _succeeded.Clear();
        if (_advance is { } stage && BatchStatus.Deploying(batch.Status) == stage)
            await dispatcher.AdvanceAsync(batch, stage, cancellationToken);
        await ends.RaiseAsync(cancellationToken);
    }

    private async Task EndedAsync(Batch batch, Deployment operation, CancellationToken cancellationToken)
    {
        var (stage, outcome) = (EnumNames<Stage>.Of(operation.Stage), EnumNames<OperationStatus>.Of(operation.Status));
        await publish.Publish(new DeploymentFinished
        {
            OperationId = operation.OperationId,
            BatchId = batch.CorrelationId,
            Application = operation.Application,
            Stage = stage,
            Cluster = operation.Cluster,
            Outcome = outcome,
            Reason = operation.Error,
            Cause = operation.Status is OperationStatus.Succeeded or OperationStatus.Stopped ? null : FailureCause.Read(operation.Triage)?.Class,
            Tries = operation.Tries,
            At = operation.FinishedAt!.Value
        }, cancellationToken);
        Tracing.Ended(operation);
        if (operation.Status == OperationStatus.Succeeded)
            _succeeded.Add(operation);
        Metrics.Deployed(stage, outcome, operation.FinishedAt.Value - operation.StartedAt);
        log.Ended(batch.BatchNumber, operation.OperationId, outcome, operation.Tries, operation.Error ?? "");
        if (BatchStatus.Deploying(batch.Status) == operation.Stage && operation.Attempt == batch.Attempt(operation.Stage))
            _advance = operation.Stage;
    }

    /// <summary>What was given up runs no more: whoever waited for its workload or its place goes on.</summary>
    private async Task SettledAsync(Batch batch, Deployment operation, CancellationToken cancellationToken)
    {
        log.StopSettled(batch.BatchNumber, operation.OperationId);
        _advance ??= BatchStatus.Deploying(batch.Status);
        var others = await db.Releases.AsNoTracking()
            .Where(r => r.App.Name == operation.Application && r.BatchId != batch.Id
                && BatchStatus.InStage.Contains(r.Batch.Status))
            .Select(r => r.Batch.CorrelationId).ToListAsync(cancellationToken);
        foreach (var other in others)
            await publish.Publish(new AdvanceStage { BatchId = other }, cancellationToken);
    }
}
