using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>
/// What a stage does, or would do now: its operations in their order, with what runs and what would run. Of a rollback it is known from the seal
/// on what it would go back to (R19). Changes nothing.
/// </summary>
internal sealed class BatchPlans(CdDbContext db, BatchReleases releases, LiveVersions versions, BatchPolicies policies, TimeProvider clock)
{
    private static readonly ReleaseStatus[] s_waiting = [ReleaseStatus.Waiting, ReleaseStatus.Deploying, ReleaseStatus.Held];

    public const string Deploy = "deploy", Restore = "restore", Keep = "keep", Stay = "stay", Skip = "skip";

    /// <param name="id">The batch.</param>
    /// <param name="wanted">The stage; null for the one that the batch is in or comes to next.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is no such batch.</returns>
    public async Task<BatchPlan?> LookAsync(long id, Stage? wanted, CancellationToken cancellationToken)
    {
        if (await db.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } batch)
            return null;
        var stage = wanted ?? Next(batch);
        var (rows, policy) = (await RowsAsync(batch, stage, cancellationToken), await policies.OfAsync(batch, cancellationToken));
        return new BatchPlan
        {
            BatchId = batch.Id,
            Version = batch.Version,
            Stage = EnumNames<Stage>.Of(stage),
            Operations = [.. rows.Select(View)],
            Waves = StageWaves.Of(batch, stage, rows, policy.Soak, clock.GetUtcNow()),
            SoakSeconds = stage.GoesBack() ? 0 : (int)policy.Soak.TotalSeconds,
            Concurrency = policy.ConcurrentApps
        };
    }

    /// <summary>The waves of the stage that is under way, and what those of its applications wait for that do not go on; nothing while none is.</summary>
    public async Task<(IReadOnlyList<PlannedWave> Waves, IReadOnlyList<WaitingApplication> Waiting)> WaitsAsync(
        Batch batch, CancellationToken cancellationToken)
    {
        if (BatchStatus.Deploying(batch.Status) is not { } stage)
            return ([], []);
        var outcome = BatchRelease.OutcomeProperty(stage);
        var waiting = await db.Releases.AsNoTracking()
            .Where(r => r.BatchId == batch.Id && r.StatusReason != null)
            .Select(r => new { r.App.Name, Outcome = EF.Property<ReleaseStatus>(r, outcome), r.StatusReason })
            .Where(r => s_waiting.Contains(r.Outcome)).OrderBy(r => r.Name).ToListAsync(cancellationToken);
        var rows = await RowsAsync(batch, stage, cancellationToken);
        return (StageWaves.Of(batch, stage, rows, (await policies.OfAsync(batch, cancellationToken)).Soak, clock.GetUtcNow()),
            [.. waiting.Select(r =>
                new WaitingApplication { Application = r.Name, Status = EnumNames<ReleaseStatus>.Of(r.Outcome), WaitsFor = r.StatusReason! })]);
    }

    /// <summary>The stage that the batch is in, or else the first that it has not been through since it was sealed.</summary>
    public static Stage Next(Batch batch) => batch.Running ?? (batch.Status is BatchStatus.PreDeployed or BatchStatus.ProdDeployed or BatchStatus.FinalAccepted
        ? Stages.Forward[^1] : Stages.Forward[0]);

    /// <summary>Every application on every cluster of a stage, in the order in which they can start.</summary>
    public async Task<IReadOnlyList<PlannedRow>> RowsAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        var content = await releases.OfAsync(batch, cancellationToken);
        var (isSealed, targets) = (!BatchStatus.Refreshes(batch.Status), await releases.TargetsAsync(batch, cancellationToken));
        var done = (await db.Deployments.AsNoTracking().Where(d => d.BatchId == batch.Id && (d.Stage == stage || d.Stage == stage.Place())).OrderBy(d => d.Id)
            .ToListAsync(cancellationToken)).ToLookup(d => (d.ReleaseId, d.Cluster));
        var running = (await versions.ImagesAsync([.. content.Select(r => r.AppId)], stage.Place(), cancellationToken))
            .ToDictionary(r => (r.ApplicationId, r.Cluster), r => r.Image);
        var byName = content.ToDictionary(r => r.App.Name, StringComparer.Ordinal);
        var order = stage.Order(content.ToDictionary(r => r.App.Name, r => (IReadOnlyList<string>)r.DependsOn));
        var rows = new List<PlannedRow>();
        foreach (var release in DependencyOrder.Sorted(order).Select(name => byName[name]))
        {
            var after = order[release.App.Name];
            var places = (isSealed ? release.Targets(stage) : SealedTarget.Of(targets[release.AppId]).Where(t => t.Stage == stage.Place())).ToList();
            if (places.Count == 0)
                rows.Add(new PlannedRow(release, null, after, Skip) { Image = stage.GoesBack() ? null : ImageOf(release) });
            foreach (var place in places)
            {
                var (operations, runs) = (done[(release.Id, place.Cluster)].ToList(), running.GetValueOrDefault((release.AppId, place.Cluster)));
                var row = new PlannedRow(release, place, after, Deploy) { Running = runs, Last = operations.FindLast(o => o.Stage == stage) };
                rows.Add(stage.GoesBack() ? Back(batch, row, operations) : Forward(row));
            }
        }
        // A stage goes wave by wave; a rollback begins with the last one.
        return [.. rows.OrderBy(row => (row.Target?.Wave ?? 1) * (stage.GoesBack() ? -1 : 1))];
    }

    private static string? ImageOf(BatchRelease release) => release.ImageName is null ? null : release.Image;

    private static PlannedRow Forward(PlannedRow row)
    {
        var (release, last) = (row.Release, row.Last);
        var isSame = last is { Status: OperationStatus.Succeeded, Outdated: false } && last.Image == release.Image && last.Target == row.Target!.ToJson();
        return row with { Action = isSame ? Keep : Deploy, Image = ImageOf(release) };
    }

    private static PlannedRow Back(Batch batch, PlannedRow row, IReadOnlyList<Deployment> operations)
    {
        var undo = StageUndo.Of([.. operations.Select(StageOperation.Of)]);
        if (undo.Undo is { } known)
            return row with { Action = Restore, Image = known.Previous?.Image, Revision = known.Previous?.Revision };
        if (undo.Kept == StageUndo.New)
            return row with { Action = Stay, Reason = undo.Kept };
        if (undo.IsDone || batch.Prod.Dirty || batch.Status is BatchStatus.ProdDeploying or BatchStatus.ProdDeployed or BatchStatus.FinalAccepted)
            return row with { Action = Keep, Reason = undo.Kept };
        // Before production has begun: what is there now is what it would go back to.
        return row.Running is { } image ? row with { Action = Restore, Image = image } : row with { Action = Stay, Reason = StageUndo.New };
    }

    private static PlannedOperation View(PlannedRow row) => new()
    {
        Application = row.Release.App.Name,
        Cluster = row.Target?.Cluster,
        Wave = row.Target?.Wave,
        After = row.After,
        Running = row.Running,
        Image = row.Image,
        Revision = row.Revision,
        Action = row.Action,
        Status = row.Last is { } last ? EnumNames<OperationStatus>.Of(last.Status) : null,
        Reason = row.Reason ?? row.Last?.Error
    };
}

/// <summary>One application on one cluster of a stage.</summary>
/// <param name="Release">The release, with its application.</param>
/// <param name="Target">Where it goes; null: it has no settings for the stage.</param>
/// <param name="After">What goes before it.</param>
/// <param name="Action">What would be done.</param>
internal sealed record PlannedRow(BatchRelease Release, SealedTarget? Target, IReadOnlyList<string> After, string Action)
{
    /// <summary>Whether it changes what runs.</summary>
    public bool Moves => Target is not null && Action is BatchPlans.Deploy or BatchPlans.Restore;

    /// <summary>What runs there as far as this engine put it there.</summary>
    public string? Running { get; init; }

    /// <summary>What would run.</summary>
    public string? Image { get; init; }

    public string? Revision { get; init; }

    /// <summary>Why nothing would be done.</summary>
    public string? Reason { get; init; }

    /// <summary>The last operation of the stage there.</summary>
    public Deployment? Last { get; init; }
}
