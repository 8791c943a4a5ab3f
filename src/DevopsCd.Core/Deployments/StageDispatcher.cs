using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Observability;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Carries out the plan of a stage. Every caller holds the batch's row lock, so that the operations in flight are counted
/// and started by one at a time over all instances (I7).
/// </summary>
internal sealed class StageDispatcher(CdDbContext db, StageRows stages, SealedContent seals, StageEnds ends,
    IPublishEndpoint publish, IMessageScheduler scheduler, Notices notices, BatchPolicies policies, FreezeBook freezes, GateBook gateBook, GateDesk gates,
    DeployOptions deploy, TimeProvider clock)
{
    /// <summary>Starts what can start. When nothing runs and nothing can, the stage's end waits in <see cref="StageEnds" />, which the caller raises.</summary>
    public async Task AdvanceAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        // Whatever has led here: what is sent from here on belongs to the stage's trace.
        using var span = Tracing.Continue(batch, "advance stage");
        if (deploy.External)
        {
            await AdvanceExternalAsync(batch, stage, cancellationToken);
            return;
        }
        var view = await LoadAsync(batch, stage, cancellationToken);
        var policy = await policies.OfAsync(batch, cancellationToken);
        var plan = Plan(batch, view, policy);
        if (plan.Decision != StageDecision.Running && view.IsRemembered)
        {
            view = await LoadAsync(batch, stage, cancellationToken);
            plan = Plan(batch, view, policy);
        }
        var now = clock.GetUtcNow();
        if (await PausedAsync(batch, stage, plan, now, cancellationToken) is { } frozen)
            plan = Plan(batch, view, policy, frozen);
        var touched = await TouchedAsync(view, plan, cancellationToken);
        var before = await BeforeAsync(batch, view, plan, cancellationToken);
        foreach (var (item, cluster) in plan.Start)
            await StartOperationAsync(batch, stage, item.Application, touched[item.ReleaseId], cluster, before, policy, now, cancellationToken);
        foreach (var release in touched.Values)
            await ShowAsync(batch, stage, release, view.Sealed(release.Id).Application, plan, view.Items.Count, now, cancellationToken);
        await StopRunningAsync(batch, view, now, cancellationToken);
        if (plan.Decision == StageDecision.Running)
            return;
        var verdict = plan.Decision == StageDecision.Completed ? await gates.AskAsync(batch, stage, cancellationToken) : GateVerdict.Passed;
        if (Gated(plan.Decision, verdict) is var decision and not StageDecision.Running)
            ends.Add(batch, stage, decision, verdict.Why?.ToString() ?? Summary(view, plan), view.Operations.Any(o => o.MayHaveMoved) || verdict.HasFailed);
    }

    /// <summary>
    /// What has succeeded counts for the present seal where it was the last to run in its place, with the same image and settings; else it is
    /// deployed again (R18).
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="releases">Its releases, sealed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task KeepWhatIsTheSameAsync(Batch batch, IReadOnlyCollection<BatchRelease> releases, CancellationToken cancellationToken)
    {
        if (batch.Pre.Attempt == 0)
            return;
        var byId = releases.ToDictionary(r => r.Id);
        var operations = await db.Deployments.Where(d => d.BatchId == batch.Id).OrderBy(d => d.Id).ToListAsync(cancellationToken);
        // Where a rollback came last, what it has taken back counts no more.
        foreach (var place in operations.GroupBy(d => (d.ReleaseId, Place: d.Stage.Place(), d.Cluster)))
            foreach (var operation in place.Where(d => d.Status == OperationStatus.Succeeded && !d.Stage.GoesBack()))
                operation.Outdated = operation != place.Last() || !byId.TryGetValue(operation.ReleaseId, out var release)
                    || operation.Image != release.Image
                    || release.Targets(operation.Stage).FirstOrDefault(t => t.Cluster == operation.Cluster)?.ToJson() != operation.Target;
    }

    /// <summary>Nothing that has succeeded in the stage counts: everything is deployed again.</summary>
    public async Task ForgetAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        foreach (var operation in await db.Deployments
            .Where(d => d.BatchId == batch.Id && d.Stage == stage && d.Status == OperationStatus.Succeeded && !d.Outdated).ToListAsync(cancellationToken))
            operation.Outdated = true;
    }

    /// <summary>What the rows say of the stage now.</summary>
    public async Task<StageDecision> DecisionAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        var view = await LoadAsync(batch, stage, cancellationToken);
        if (deploy.External && batch.StopRequested)
            return StageDecision.Stopped;
        var decision = Plan(batch, view, await policies.OfAsync(batch, cancellationToken)).Decision;
        return decision == StageDecision.Completed ? Gated(decision, await gateBook.VerdictAsync(batch, stage, cancellationToken)) : decision;
    }

    /// <summary>Whether any application may run the new version after a failed stage.</summary>
    public async Task<bool> MovedAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        var view = await LoadAsync(batch, stage, cancellationToken);
        return view.Operations.Any(o => o.MayHaveMoved);
    }

    /// <summary>An outside system has ended the stage: the releases show its word.</summary>
    public async Task CloseExternalAsync(Batch batch, Stage stage, bool succeeded, CancellationToken cancellationToken)
    {
        foreach (var release in await ReleasesAsync(batch, cancellationToken))
            release.Show(stage, release.Targets(stage).Count == 0 ? ReleaseStatus.Skipped : succeeded ? ReleaseStatus.Succeeded : ReleaseStatus.Failed, null);
    }

    private async Task AdvanceExternalAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        if (batch.StopRequested)
        {
            ends.Add(batch, stage, StageDecision.Stopped, "", moved: true);
            return;
        }
        if (await gateBook.WereAskedAsync(batch, stage, cancellationToken))
        {
            // The outside system has completed it; what is left to decide are its gates.
            var verdict = await gates.AskAsync(batch, stage, cancellationToken);
            if (Gated(StageDecision.Completed, verdict) is var decision and not StageDecision.Running)
                ends.Add(batch, stage, decision, verdict.Why?.ToString() ?? "", moved: true);
            return;
        }
        if (OverTime(batch))
        {
            ends.Add(batch, stage, StageDecision.Failed, "the stage ran out of time; no completion came from outside", moved: true);
            return;
        }
        foreach (var release in await ReleasesAsync(batch, cancellationToken))
            release.Show(stage, release.Targets(stage).Count == 0 ? ReleaseStatus.Skipped : ReleaseStatus.Deploying, null);
    }

    /// <summary>A stage whose work is done has completed when its gates have passed, and fails by one that has not (R22).</summary>
    private static StageDecision Gated(StageDecision decision, GateVerdict verdict) => verdict switch
    {
        { HasFailed: true } => StageDecision.Failed,
        { HasPassed: false } => StageDecision.Running,
        _ => decision
    };

    private bool OverTime(Batch batch) => batch.OverTime(clock.GetUtcNow());

    /// <summary>
    /// What is about to start does not, while a wave soaks (R23) or in a freeze that pauses (R20). The stage goes on when that ends, with all the
    /// time that was left.
    /// </summary>
    private async Task<Frozen?> PausedAsync(Batch batch, Stage stage, StagePlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (plan is { SoaksUntil: { } soaked, InFlight: 0, Decision: StageDecision.Running })
        {
            await PauseAsync(batch, now, soaked, cancellationToken);
            return null;
        }
        var frozen = plan.Start.Count == 0 || stage.GoesBack() || batch.FreezeOverriddenBy is not null
            ? null
            : await freezes.PausingAsync(batch, stage, cancellationToken);
        if (frozen is null || !plan.Start.Exists(start => frozen.Covers(start.Cluster.Cluster)))
        {
            batch.Resume(now);
            return null;
        }
        await PauseAsync(batch, now, frozen.Until, cancellationToken);
        return frozen;
    }

    /// <summary>The scan is the net, and finds a freeze or a soak that was shortened.</summary>
    private async Task PauseAsync(Batch batch, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (batch.Pause(now, until))
            await scheduler.SchedulePublish(until.UtcDateTime, new AdvanceStage { BatchId = batch.CorrelationId }, cancellationToken);
    }

    private StagePlan Plan(Batch batch, StageView view, ProjectPolicy policy, Frozen? frozen = null) =>
        StagePlan.Of(frozen is null ? view.Items : view.In(frozen), policy.ConcurrentApps, batch.StopRequested || OverTime(batch),
            batch.StopRequested, view.LeftBehind,
            batch.RollbackRequested ? "production is to be rolled back" : "the batch is being cancelled",
            view.Stage.GoesBack() ? WaveOrder.Back : WaveOrder.Forward(policy.Soak, clock.GetUtcNow()));

    /// <summary>
    /// What runs where something is about to start, for deploy services that cannot tell: what this engine has put there. Whatever a rollback is
    /// about to take back does not count any more.
    /// </summary>
    /// <returns>Null where the deploy service tells, or where nothing has to be known.</returns>
    private async Task<IReadOnlyDictionary<(long ApplicationId, string Cluster), string>?> BeforeAsync(
        Batch batch, StageView view, StagePlan plan, CancellationToken cancellationToken)
    {
        var stage = view.Stage;
        if (plan.Start.Count == 0)
            return null;
        if (stage.GoesBack())
        {
            var places = plan.Start.Select(s => (s.Item.ReleaseId, s.Cluster.Cluster)).ToHashSet();
            var releases = plan.Start.Select(s => s.Item.ReleaseId).ToList();
            foreach (var operation in await db.Deployments
                .Where(d => d.BatchId == batch.Id && d.Stage == stage.Place() && d.Status == OperationStatus.Succeeded && !d.Outdated
                    && releases.Contains(d.ReleaseId)).ToListAsync(cancellationToken))
                operation.Outdated |= places.Contains((operation.ReleaseId, operation.Cluster));
            return null;
        }
        if (deploy.Driver == "http" || !stage.CanBeTakenBack())
            return null;
        return await stages.BeforeAsync(batch, stage, [.. view.Items.Select(i => view.Sealed(i.ReleaseId).Row.AppId).Distinct()], cancellationToken);
    }

    private async Task StartOperationAsync(Batch batch, Stage stage, string application, BatchRelease release, StageCluster at,
        IReadOnlyDictionary<(long ApplicationId, string Cluster), string>? before, ProjectPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deadline = now + policy.SingleAppTimeout;
        var cluster = at.Cluster;
        var operation = new Deployment
        {
            OperationId = OperationId.Of(batch, application, stage, cluster, at.Undo?.OperationId ?? release.Image),
            BatchId = batch.Id,
            BatchCorrelationId = batch.CorrelationId,
            Release = release,
            Application = application,
            Stage = stage,
            Cluster = cluster,
            Attempt = batch.Attempt(stage),
            Status = OperationStatus.Pending,
            Image = at.Undo is { } undo ? undo.Previous?.Name ?? "" : release.Image,
            Reverts = at.Undo?.OperationId,
            PreviousRun = at.Undo?.Run ?? 0,
            Previous = at.Undo?.Previous ?? Before(),
            Target = release.Targets(stage).Single(t => t.Cluster == cluster).ToJson(),
            StartedAt = now,
            DeadlineAt = batch.StageDeadlineAt is { } end && end < deadline ? end : deadline,
            NextActionAt = now,
            Trace = batch.Trace
        };
        db.Deployments.Add(operation);
        await publish.Publish(new DeployApplication { OperationId = operation.OperationId, BatchId = batch.CorrelationId }, cancellationToken);
        await publish.Publish(new DeploymentStarted
        {
            OperationId = operation.OperationId,
            BatchId = batch.CorrelationId,
            Application = operation.Application,
            Stage = EnumNames<Stage>.Of(stage),
            Cluster = cluster,
            Image = operation.Image,
            Attempt = operation.Attempt,
            At = now
        }, cancellationToken);

        PreviousVersion? Before() => before is null ? null
            : before.GetValueOrDefault((release.AppId, cluster)) is { } image ? new PreviousVersion(image, null, image == release.Image)
            : PreviousVersion.Nothing;
    }

    /// <summary>
    /// The releases that this step changes, and only those: a batch of 500 applications is looked at whenever one of its
    /// operations ends, and nearly all of them stay as they are.
    /// </summary>
    private async Task<Dictionary<long, BatchRelease>> TouchedAsync(StageView view, StagePlan plan, CancellationToken cancellationToken)
    {
        var ids = view.Items.Where(i => Changes(view.Shown(i.ReleaseId), i)).Select(i => i.ReleaseId).Union(plan.Start.Select(s => s.Item.ReleaseId)).ToList();
        if (ids.Count == 0)
            return [];
        // A stage that is remembered and goes on: nobody else in this transaction looks at its releases, and the rest of their rows is sealed.
        if (view.IsRemembered && plan.Decision == StageDecision.Running)
        {
            var tracked = db.Tracked<BatchRelease>().ToDictionary(r => r.Id);
            return ids.ToDictionary(id => id, id => tracked.GetValueOrDefault(id) ?? db.Attach(view.Sealed(id).Row.As(view.Shown(id))).Entity);
        }
        return await db.Releases.Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);

        bool Changes(StageRelease shown, StageItem item) =>
            (shown.Outcome(view.Stage), shown.Reason) != (plan.Outcome(item.Application), plan.Reason(item.Application));
    }

    private async Task ShowAsync(
        Batch batch, Stage stage, BatchRelease release, string application, StagePlan plan, int total, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var before = release.Outcome(stage);
        var outcome = plan.Outcome(application);
        var reason = plan.Reason(application);
        release.Show(stage, outcome, reason);
        if (outcome != before && outcome is (ReleaseStatus.Failed or ReleaseStatus.TimedOut))
            await notices.AddAsync(Notice.ApplicationFailed(batch, stage, new ApplicationOutcome(application, outcome, reason)
            {
                Cause = await CauseOfAsync(batch, stage, release, cancellationToken),
                ImageName = release.ImageName,
                ImageTag = release.ImageTag,
                ImageDigest = release.ImageDigest
            }, now, total), cancellationToken);
    }

    /// <summary>Why the release has failed in the present attempt; of several clusters, the first that tells.</summary>
    private async Task<DeployCause?> CauseOfAsync(Batch batch, Stage stage, BatchRelease release, CancellationToken cancellationToken)
    {
        var attempt = batch.Attempt(stage);
        // What this transaction has changed is not saved yet; the rows of before it are the same objects.
        var operations = await db.Deployments
            .Where(d => d.BatchId == batch.Id && d.ReleaseId == release.Id && d.Stage == stage && d.Attempt == attempt).OrderBy(d => d.Id)
            .ToListAsync(cancellationToken);
        return operations.Where(d => d.Status is OperationStatus.Failed or OperationStatus.TimedOut)
            .Select(d => FailureCause.Read(d.Triage)).FirstOrDefault(c => c is not null);
    }

    /// <summary>After a cancel or over time, what still runs is asked to stop at once instead of at its next poll.</summary>
    private async Task StopRunningAsync(Batch batch, StageView view, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!batch.StopRequested && !OverTime(batch))
            return;
        var running = await db.Deployments
            .Where(d => d.BatchId == batch.Id && d.Stage == view.Stage && d.FinishedAt == null && !d.StopRequested).ToListAsync(cancellationToken);
        foreach (var operation in running)
        {
            operation.StopRequested = true;
            // The answer of a call under way will see the stop.
            if (operation.ClaimedUntil > now || !operation.InFlight)
                continue;
            operation.NextActionAt = now;
            await publish.Publish(new CheckDeployment { OperationId = operation.OperationId, BatchId = batch.CorrelationId }, cancellationToken);
        }
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

    private async Task<StageView> LoadAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        var rows = await stages.ReadAsync(batch, stage, cancellationToken);
        var content = await seals.OfAsync(batch, rows.Releases.Count, () => ContentAsync(batch, cancellationToken));
        // What this transaction has changed and not yet saved is ahead of what was read.
        var changed = db.Tracked<Deployment>().Where(d => d.Id != 0).ToDictionary(d => d.Id);
        var stored = rows.Operations.Select(o =>
            changed.TryGetValue(o.Id, out var d) ? StageOperation.Of(d) : o).Where(o => stage.GoesBack() || !o.Outdated);
        var given = rows.GivenUp.Where(d => !changed.ContainsKey(d.Id))
            .Concat(changed.Values.Where(d => d.State().StopDue).Select(d => new GivenUp(d.Id, d.BatchId, d.OperationId, d.Target))).ToList();
        var occupied = given.DistinctBy(d => d.Workload).ToDictionary(d => d.Workload, d => d.OperationId, StringComparer.Ordinal);
        return new StageView(stage, content, rows.Releases, [.. stored], occupied, given.Count(d => d.BatchId == batch.Id), batch.Attempt(stage))
        {
            IsRemembered = rows.IsRemembered
        };
    }

    private async Task<IReadOnlyList<SealedRelease>> ContentAsync(Batch batch, CancellationToken cancellationToken)
    {
        var releases = await db.Releases.AsNoTracking().Where(r => r.BatchId == batch.Id).OrderBy(r => r.Id)
            .Select(r => new
            {
                r.Id,
                r.App.Name,
                r.DependsOn,
                Row = new SealedRow(r.BatchId, r.AppId, r.BuildId, r.ImageName, r.ImageTag, r.ImageDigest, r.CommitId, r.SealedTargets)
            }).ToListAsync(cancellationToken);
        return [.. releases.Select(r => new SealedRelease(
            r.Id, r.Name, r.DependsOn, Stages.All.ToDictionary(stage => stage, stage => SealedTarget.Places(r.Row.SealedTargets, stage))) { Row = r.Row })];
    }

    private Task<List<BatchRelease>> ReleasesAsync(Batch batch, CancellationToken cancellationToken) =>
        db.Releases.Where(r => r.BatchId == batch.Id).ToListAsync(cancellationToken);
}
