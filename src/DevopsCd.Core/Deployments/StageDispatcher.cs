using DevopsCd.Contracts;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Carries out the plan of a stage. Every caller holds the batch's row lock, so that the operations in flight are counted
/// and started by one at a time over all instances (I7).
/// </summary>
internal sealed class StageDispatcher(CdDbContext db, SealedContent seals, IPublishEndpoint publish, Notices notices, DeployOptions deploy, TimeProvider clock)
{
    /// <summary>Starts what can start; when nothing runs and nothing can, says so once.</summary>
    public async Task Advance(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        if (deploy.External)
        {
            await AdvanceExternal(batch, stage, cancellationToken);
            return;
        }
        var view = await Load(batch, stage, cancellationToken);
        var plan = Plan(batch, view);
        var now = clock.GetUtcNow();
        var touched = await Touched(view, plan, cancellationToken);
        foreach (var (item, cluster) in plan.Start)
            await StartOperation(batch, stage, touched[item.ReleaseId], cluster, now, cancellationToken);
        foreach (var release in touched.Values)
            Show(batch, stage, release, plan, view.Items.Count, now);
        await StopRunning(batch, view, now, cancellationToken);
        if (plan.Decision != StageDecision.Running)
            await Say(batch, stage, plan.Decision, Summary(view, plan), cancellationToken);
    }

    /// <summary>What the rows say of the stage now.</summary>
    public async Task<StageDecision> Decision(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        var view = await Load(batch, stage, cancellationToken);
        return deploy.External && batch.CancelRequested ? StageDecision.Stopped : Plan(batch, view).Decision;
    }

    /// <summary>Whether any application may run the new version after a failed stage.</summary>
    public async Task<bool> Moved(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        var view = await Load(batch, stage, cancellationToken);
        return view.Operations.Any(o => o.Accepted);
    }

    /// <summary>An outside system has ended the stage: the releases show its word.</summary>
    public async Task CloseExternal(Batch batch, Stage stage, bool succeeded, CancellationToken cancellationToken)
    {
        foreach (var release in await Releases(batch, cancellationToken))
            release.Show(stage, release.Targets(stage).Count == 0 ? ReleaseStatus.Skipped : succeeded ? ReleaseStatus.Succeeded : ReleaseStatus.Failed, null);
    }

    private async Task AdvanceExternal(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        if (stage == Stage.Pre && batch.CancelRequested)
        {
            await Say(batch, stage, StageDecision.Stopped, "", cancellationToken);
            return;
        }
        if (OverTime(batch))
        {
            await Say(batch, stage, StageDecision.Failed, "the stage ran out of time; no completion came from outside", cancellationToken);
            return;
        }
        foreach (var release in await Releases(batch, cancellationToken))
            release.Show(stage, release.Targets(stage).Count == 0 ? ReleaseStatus.Skipped : ReleaseStatus.Deploying, null);
    }

    private bool OverTime(Batch batch) => batch.StageDeadlineAt is { } deadline && clock.GetUtcNow() >= deadline;

    private StagePlan Plan(Batch batch, StageView view) =>
        StagePlan.Of(view.Items, deploy.ConcurrentApps, batch.CancelRequested || OverTime(batch), batch.CancelRequested);

    private async Task StartOperation(Batch batch, Stage stage, BatchRelease release, string cluster, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deadline = now + deploy.SingleAppTimeout;
        var operation = new Deployment
        {
            OperationId = OperationId.Of(batch, release.App.Name, stage, cluster, release.Image),
            BatchId = batch.Id,
            BatchCorrelationId = batch.CorrelationId,
            Release = release,
            Application = release.App.Name,
            Stage = stage,
            Cluster = cluster,
            Attempt = batch.Attempt(stage),
            Status = OperationStatus.Pending,
            Image = release.Image,
            Target = release.Targets(stage).Single(t => t.Cluster == cluster).ToJson(),
            StartedAt = now,
            DeadlineAt = batch.StageDeadlineAt is { } end && end < deadline ? end : deadline,
            NextActionAt = now
        };
        db.Deployments.Add(operation);
        await publish.Publish(new DeployApplication { OperationId = operation.OperationId, BatchId = batch.CorrelationId }, cancellationToken);
        await publish.Publish(new DeploymentStarted
        {
            OperationId = operation.OperationId,
            BatchId = batch.CorrelationId,
            Application = operation.Application,
            Stage = SnakeCaseConverter<Stage>.Name(stage),
            Cluster = cluster,
            Image = operation.Image,
            Attempt = operation.Attempt,
            At = now
        }, cancellationToken);
    }

    /// <summary>
    /// The releases that this step changes, and only those: a batch of 500 applications is looked at whenever one of its
    /// operations ends, and nearly all of them stay as they are.
    /// </summary>
    private async Task<Dictionary<long, BatchRelease>> Touched(StageView view, StagePlan plan, CancellationToken cancellationToken)
    {
        var ids = view.Items
            .Where(i => view.Shown(i.ReleaseId) != (plan.Outcome(i.Application), plan.Reason(i.Application)))
            .Select(i => i.ReleaseId).Union(plan.Start.Select(s => s.Item.ReleaseId)).ToList();
        return ids.Count == 0
            ? []
            : await db.Releases.Include(r => r.App).Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);
    }

    private void Show(Batch batch, Stage stage, BatchRelease release, StagePlan plan, int total, DateTimeOffset now)
    {
        var before = release.Outcome(stage);
        var outcome = plan.Outcome(release.App.Name);
        var reason = plan.Reason(release.App.Name);
        release.Show(stage, outcome, reason);
        if (outcome != before && outcome is (ReleaseStatus.Failed or ReleaseStatus.TimedOut))
            notices.Add(Notice.ApplicationFailed(batch, stage, new ApplicationOutcome(release.App.Name, outcome, reason)
            {
                ImageName = release.ImageName,
                ImageTag = release.ImageTag,
                ImageDigest = release.ImageDigest
            }, now, total));
    }

    /// <summary>After a cancel or over time, what still runs is asked to stop at once instead of at its next poll.</summary>
    private async Task StopRunning(Batch batch, StageView view, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!batch.CancelRequested && !OverTime(batch))
            return;
        var running = await db.Deployments
            .Where(d => d.BatchId == batch.Id && d.Stage == view.Stage && d.NextActionAt != null && !d.StopRequested).ToListAsync(cancellationToken);
        foreach (var operation in running)
        {
            operation.StopRequested = true;
            // A pending one is either in a call this very moment, whose answer will see the stop, or its next try is seconds away.
            if (operation.Status != OperationStatus.Progressing)
                continue;
            operation.NextActionAt = now;
            await publish.Publish(new CheckDeployment { OperationId = operation.OperationId, BatchId = batch.CorrelationId }, cancellationToken);
        }
    }

    private Task Say(Batch batch, Stage stage, StageDecision decision, string summary, CancellationToken cancellationToken)
    {
        var attempt = batch.Attempt(stage);
        (string Name, object Message) fact = (stage, decision) switch
        {
            (_, StageDecision.Stopped) => (nameof(DeployStopped), new DeployStopped { BatchId = batch.CorrelationId, Operator = Operators.Engine, Attempt = attempt }),
            (Stage.Pre, StageDecision.Completed) => (nameof(PreDeployCompleted), new PreDeployCompleted { BatchId = batch.CorrelationId, Operator = Operators.Engine, Attempt = attempt }),
            (Stage.Pre, _) => (nameof(PreDeployFailed), new PreDeployFailed { BatchId = batch.CorrelationId, Operator = Operators.Engine, Attempt = attempt, Reason = summary }),
            (_, StageDecision.Completed) => (nameof(ProdDeployCompleted), new ProdDeployCompleted { BatchId = batch.CorrelationId, Operator = Operators.Engine, Attempt = attempt }),
            _ => (nameof(ProdDeployFailed), new ProdDeployFailed { BatchId = batch.CorrelationId, Operator = Operators.Engine, Attempt = attempt, Reason = summary })
        };
        return publish.Publish(fact.Message, fact.Message.GetType(), c => c.MessageId = EngineMessageId.Of(batch.CorrelationId, fact.Name, attempt), cancellationToken);
    }

    private static string Summary(StageView view, StagePlan plan)
    {
        var failed = view.Items.Where(i => plan.Outcome(i.Application) is ReleaseStatus.Failed or ReleaseStatus.TimedOut or ReleaseStatus.Stopped).ToList();
        var held = view.Items.Count(i => plan.Outcome(i.Application) == ReleaseStatus.Held);
        var text = string.Join("; ", failed.Take(5).Select(i => $"{i.Application}: {plan.Reason(i.Application) ?? plan.Outcome(i.Application).ToString()}"));
        if (failed.Count > 5)
            text += $"; and {failed.Count - 5} more";
        return held > 0 ? $"{text}; {held} held" : text;
    }

    private async Task<StageView> Load(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        var content = await seals.Of(batch, () => Content(batch, cancellationToken));
        var shown = await db.Releases.AsNoTracking().Where(r => r.BatchId == batch.Id)
            .Select(r => new StageRelease(r.Id, stage == Stage.Pre ? r.PreStatus : r.ProdStatus, r.StatusReason)).ToListAsync(cancellationToken);
        var stored = await db.Deployments.AsNoTracking().Where(d => d.BatchId == batch.Id && d.Stage == stage)
            .Select(d => new StageOperation(d.Id, d.ReleaseId, d.Cluster, d.Attempt, d.Status, d.Error, d.AcceptedAt != null)).ToListAsync(cancellationToken);
        // What this transaction has changed and not yet saved is ahead of what was read.
        var changed = db.Deployments.Local.Where(d => d.BatchId == batch.Id && d.Stage == stage).ToDictionary(d => d.Id);
        if (changed.Count > 0)
            stored = [.. stored.Select(o => changed.TryGetValue(o.Id, out var d) ? o with { Status = d.Status, Error = d.Error, Accepted = d.AcceptedAt is not null } : o)];
        return new StageView(stage, content, shown, stored, batch.Attempt(stage));
    }

    private async Task<IReadOnlyList<SealedRelease>> Content(Batch batch, CancellationToken cancellationToken)
    {
        var releases = await db.Releases.AsNoTracking().Where(r => r.BatchId == batch.Id).OrderBy(r => r.Id)
            .Select(r => new { r.Id, r.App.Name, r.DependsOn, r.SealedTargets }).ToListAsync(cancellationToken);
        return [.. releases.Select(r => new SealedRelease(
            r.Id, r.Name, r.DependsOn, SealedTarget.Clusters(r.SealedTargets, Stage.Pre), SealedTarget.Clusters(r.SealedTargets, Stage.Prod)))];
    }

    private Task<List<BatchRelease>> Releases(Batch batch, CancellationToken cancellationToken) =>
        db.Releases.Where(r => r.BatchId == batch.Id).ToListAsync(cancellationToken);
}
