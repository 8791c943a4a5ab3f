using DevopsCd.Contracts;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>
/// What the rows of the state machine do, in the saga's transaction and under its row lock. Anything that must not be
/// throws <see cref="BatchRefused" />, and the transaction goes.
/// </summary>
internal sealed class BatchWork(
    CdDbContext db, IPublishEndpoint publish, BatchOpening opening, StageDispatcher dispatcher, DeployOptions deploy, TimeProvider clock)
{
    public Task Open(Batch batch, CreateBatch command, CancellationToken cancellationToken) => opening.Open(batch, command, cancellationToken);

    public async Task Approve(Batch batch, ApproveBatch command, CancellationToken cancellationToken)
    {
        var hash = ContentHash.Of(await Releases(batch, cancellationToken));
        if (command.ContentHash is { } seen && seen != hash)
            throw new BatchRefused(RefusalKind.Stale, "the batch's content has changed since it was looked at; look at it again") { State = batch.Status };
        batch.ApprovedBy = command.Operator;
        batch.ApprovedAt = clock.GetUtcNow();
        batch.ApprovedContentHash = hash;
    }

    public async Task Reject(Batch batch, RejectBatch command, CancellationToken cancellationToken)
    {
        batch.RejectedReason = Required(command.Reason);
        await End(batch, cancellationToken);
    }

    public async Task Cancel(Batch batch, CancelBatch command, CancellationToken cancellationToken)
    {
        batch.CancelledBy = command.Operator;
        batch.CancelledAt = clock.GetUtcNow();
        batch.CancelReason = Required(command.Reason);
        await End(batch, cancellationToken);
    }

    public async Task RequestCancel(Batch batch, CancelBatch command, CancellationToken cancellationToken)
    {
        if (batch.CancelRequested)
            throw new BatchRefused(RefusalKind.Illegal, $"{batch.CancelledBy} has asked for the cancel already; it ends when nothing deploys any more") { State = batch.Status };
        batch.CancelRequested = true;
        batch.CancelledBy = command.Operator;
        batch.CancelReason = Required(command.Reason);
        await dispatcher.Advance(batch, Stage.Pre, cancellationToken);
    }

    public async Task FinishCancel(Batch batch, DeployStopped fact, CancellationToken cancellationToken)
    {
        OfPresentAttempt(batch, Stage.Pre, fact.Attempt);
        if (!batch.CancelRequested || await dispatcher.Decision(batch, Stage.Pre, cancellationToken) != StageDecision.Stopped)
            throw new BatchRefused(RefusalKind.Illegal, "no cancel was asked for, or something still deploys") { State = batch.Status };
        batch.CancelledAt = clock.GetUtcNow();
        batch.PreDeployFinishedAt = batch.CancelledAt;
        batch.StageDeadlineAt = null;
        await End(batch, cancellationToken);
    }

    public async Task Seal(Batch batch, ConfirmBatchTag command, CancellationToken cancellationToken)
    {
        var releases = await Releases(batch, cancellationToken);
        var apps = releases.Select(r => r.AppId).ToList();
        var targets = await db.Targets.AsNoTracking().Where(t => apps.Contains(t.ApplicationId)).ToListAsync(cancellationToken);
        var byApp = targets.ToLookup(t => t.ApplicationId);

        SealRules.Check(batch, releases, byApp);
        foreach (var release in releases)
        {
            release.IsLocked = true;
            release.SealedTargets = SealedTarget.Write(byApp[release.AppId]);
        }
        batch.TaggedBy = command.Operator;
        batch.TaggedAt = clock.GetUtcNow();
        // At once; the scan's second function is the net (R5).
        await publish.Publish(AutomaticStart.Of(batch.CorrelationId), c => c.MessageId = AutomaticStart.MessageId(batch.CorrelationId, batch.PreAttempt), cancellationToken);
    }

    public async Task BeginPreDeploy(Batch batch, StartPreDeploy command, CancellationToken cancellationToken)
    {
        if (command.Operator == Operators.Engine && batch.AutoDeployBlocked)
            throw new BatchRefused(RefusalKind.Illegal, "the last pre-deploy failed; only a person starts it again") { State = batch.Status };
        batch.PreAttempt++;
        batch.PreDeployStartedAt = clock.GetUtcNow();
        batch.PreDeployFinishedAt = null;
        batch.AutoDeployBlocked = false;
        await Begin(batch, Stage.Pre, cancellationToken);
    }

    public async Task BeginProdDeploy(Batch batch, StartProdDeploy command, CancellationToken cancellationToken)
    {
        batch.ProdAttempt++;
        batch.ProdDeployStartedAt = clock.GetUtcNow();
        batch.ProdDeployFinishedAt = null;
        await Begin(batch, Stage.Prod, cancellationToken);
    }

    public async Task CompleteStage(Batch batch, Stage stage, int? attempt, CancellationToken cancellationToken)
    {
        await Verify(batch, stage, attempt, StageDecision.Completed, cancellationToken);
        var now = clock.GetUtcNow();
        if (stage == Stage.Pre)
            batch.PreDeployFinishedAt = now;
        else
        {
            batch.ProdDeployFinishedAt = now;
            batch.ProdDirty = false;
        }
        batch.LastFailure = null;
        batch.StageDeadlineAt = null;
    }

    public async Task RollBackStage(Batch batch, Stage stage, int? attempt, string reason, CancellationToken cancellationToken)
    {
        await Verify(batch, stage, attempt, StageDecision.Failed, cancellationToken);
        var now = clock.GetUtcNow();
        if (stage == Stage.Pre)
        {
            batch.PreDeployFinishedAt = now;
            batch.AutoDeployBlocked = true;
        }
        else
        {
            batch.ProdDeployFinishedAt = now;
            batch.ProdDirty |= deploy.External || await dispatcher.Moved(batch, stage, cancellationToken);
        }
        batch.LastFailure = reason;
        batch.StageDeadlineAt = null;
    }

    public async Task Accept(Batch batch, AcceptBatch command, CancellationToken cancellationToken)
    {
        batch.FinalAcceptedBy = command.Operator;
        batch.FinalAcceptedAt = clock.GetUtcNow();
        await End(batch, cancellationToken);
    }

    private async Task Begin(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        batch.StageDeadlineAt = clock.GetUtcNow() + deploy.BatchTimeout;
        batch.LastFailure = null;
        await dispatcher.Advance(batch, stage, cancellationToken);
    }

    /// <summary>A completion is believed only where the rows say the same, or where an outside system owns the stage.</summary>
    private async Task Verify(Batch batch, Stage stage, int? attempt, StageDecision said, CancellationToken cancellationToken)
    {
        OfPresentAttempt(batch, stage, attempt);
        if (deploy.External)
        {
            await dispatcher.CloseExternal(batch, stage, said == StageDecision.Completed, cancellationToken);
            return;
        }
        var decided = await dispatcher.Decision(batch, stage, cancellationToken);
        if (decided != said)
            throw new BatchRefused(RefusalKind.Illegal, "the engine decides the end of a stage from its deployments; outside reports count with core:deploy:driver external only") { State = batch.Status };
    }

    private static void OfPresentAttempt(Batch batch, Stage stage, int? attempt)
    {
        if (attempt is { } said && said != batch.Attempt(stage))
            throw new BatchRefused(RefusalKind.Late, $"it speaks of attempt {said}; the present one is {batch.Attempt(stage)}") { State = batch.Status };
    }

    private async Task End(Batch batch, CancellationToken cancellationToken)
    {
        foreach (var release in await Releases(batch, cancellationToken))
            release.IsOpen = false;
    }

    private Task<List<BatchRelease>> Releases(Batch batch, CancellationToken cancellationToken) =>
        db.Releases.Include(r => r.App).Include(r => r.Build).Where(r => r.BatchId == batch.Id).OrderBy(r => r.Id).ToListAsync(cancellationToken);

    private static string Required(string reason) =>
        string.IsNullOrWhiteSpace(reason) ? throw BatchRefused.Content("reason", "is required: say why in a few words") : reason;
}
