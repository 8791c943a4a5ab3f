using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches.Guards;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>
/// What would happen if a stage were started now: the answers of the guards that would refuse it, the operations with what runs and what would
/// run, what the deploy service has against them, and how long it usually takes. Changes nothing.
/// </summary>
internal sealed class BatchPreflights(
    CdDbContext db, BatchExplainer explainer, BatchPlans plans, BatchPolicies policies, IDeployService service, GateViews gates,
    OperationTimes times, TimeProvider clock)
{
    /// <summary>So many of the last operations say how long one usually takes.</summary>
    private const int Remembered = 20;

    /// <param name="id">The batch.</param>
    /// <param name="wanted">The stage; null for the one that the batch comes to next.</param>
    /// <param name="asker">For whom: what they may not do is in the way, too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is no such batch.</returns>
    public async Task<BatchPreflight?> LookAsync(long id, Stage? wanted, Subject asker, CancellationToken cancellationToken) =>
        (await LookCloselyAsync(id, wanted, asker, cancellationToken))?.Preflight;

    /// <summary>The same, with the obstacles as they were said.</summary>
    public async Task<(BatchPreflight Preflight, IReadOnlyList<ShownObstacle> Obstacles)?> LookCloselyAsync(long id, Stage? wanted, Subject asker,
        CancellationToken cancellationToken)
    {
        if (await db.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } batch)
            return null;
        var stage = wanted ?? BatchPlans.Next(batch).Place();
        var obstacles = await ObstaclesAsync(batch, stage, asker, cancellationToken);
        var rows = await plans.RowsAsync(batch, stage, cancellationToken);
        var usual = await UsualAsync([.. rows.Select(r => r.Release.App.Name).Distinct(StringComparer.Ordinal)], stage, cancellationToken);
        var moved = rows.Where(r => r.Moves).ToList();
        // Where only a revision is known, as of a rollback of a chart, there is no image to try.
        var tried = moved.Where(r => r.Image is not null).ToList();
        var answer = await service.PreflightAsync([.. tried.Select(r => Operation(batch, stage, r))], cancellationToken);
        var problems = tried.Zip(answer.Problems).ToDictionary(p => p.First, p => p.Second,
            (IEqualityComparer<PlannedRow>)ReferenceEqualityComparer.Instance);
        var policy = await policies.OfAsync(batch, cancellationToken);
        return (new BatchPreflight
        {
            BatchId = batch.Id,
            Version = batch.Version,
            Stage = EnumNames<Stage>.Of(stage),
            Ok = obstacles.Count == 0 && problems.Values.All(p => p is null),
            Obstacles = [.. obstacles.Select(o => o.View)],
            Gates = await gates.OfAsync(batch, stage, cancellationToken),
            Operations = [.. rows.Select(r => View(r, usual, problems.GetValueOrDefault(r)))],
            Concurrency = policy.ConcurrentApps,
            ExpectedSeconds = Expected(stage, stage.GoesBack() ? moved : tried, usual, policy),
            DeployServiceNote = answer.Note
        }, obstacles);
    }

    /// <summary>Of the start; and before the seal those of the seal, with what else would be in the way of the start.</summary>
    private async Task<IReadOnlyList<ShownObstacle>> ObstaclesAsync(Batch batch, Stage stage, Subject asker, CancellationToken cancellationToken)
    {
        var start = BatchEventTypes.All.Single(e => e.Stage == stage && e.StageEffect == StageEffect.Begins);
        if (!BatchStatus.Refreshes(batch.Status) || stage.GoesBack())
            return (await explainer.LookAsync(batch.Id, [start], asker, cancellationToken))!.Value.Events[0].Obstacles;
        var events = (await explainer.LookAsync(batch.Id, [BatchEventTypes.All.Single(e => e.Seals), start], asker, cancellationToken))!.Value.Events;
        return [.. events[0].Obstacles, .. events[1].Obstacles.Where(o => o.View.Guard != StateGuard.Key)];
    }

    private async Task<Dictionary<(string Application, string Cluster), TimeSpan>> UsualAsync(
        List<string> applications, Stage stage, CancellationToken cancellationToken)
    {
        // What goes back moves the same workloads as what went there.
        var last = await times.LastAsync(applications, stage.OfSamePlace(), Remembered, cancellationToken);
        return last.GroupBy(l => (l.Key.Application, l.Key.Cluster))
            .ToDictionary(g => g.Key, g => ExpectedDuration.Usual(g.SelectMany(l => l.Value))!.Value);
    }

    private static int? Expected(Stage stage, List<PlannedRow> moved, Dictionary<(string, string), TimeSpan> times, ProjectPolicy policy)
    {
        var known = moved.Select(r => Time(r, times)).OfType<TimeSpan>().ToList();
        // What has never been deployed there is taken for a usual one.
        return ExpectedDuration.Usual(known) is not { } usual ? null : (int)Math.Ceiling(ExpectedDuration.Of(
            [.. moved.Select(r => new TimedOperation(r.Release.App.Name, r.After, Time(r, times) ?? usual, r.Target!.Wave))],
            policy.ConcurrentApps, stage.GoesBack() ? TimeSpan.Zero : policy.Soak).TotalSeconds);
    }

    private static TimeSpan? Time(PlannedRow row, Dictionary<(string, string), TimeSpan> times) =>
        times.TryGetValue((row.Release.App.Name, row.Target!.Cluster), out var time) ? time : null;

    private static PreflightOperation View(
        PlannedRow row, Dictionary<(string, string), TimeSpan> times, IReadOnlyDictionary<string, string[]>? problems) => new()
        {
            Application = row.Release.App.Name,
            Cluster = row.Target?.Cluster,
            Wave = row.Target?.Wave,
            DependsOn = row.After,
            Image = row.Image,
            Running = row.Running,
            Action = row.Action,
            HasDigest = row.Image?.Contains("@sha256:", StringComparison.Ordinal) == true,
            Revision = row.Revision,
            Reason = row.Reason,
            ExpectedSeconds = row.Moves && Time(row, times) is { } time ? (int)Math.Ceiling(time.TotalSeconds) : null,
            Problems = problems
        };

    /// <summary>The operation as it would be sent; it is stored nowhere.</summary>
    private Deployment Operation(Batch batch, Stage stage, PlannedRow row) => new()
    {
        OperationId = "preflight",
        BatchId = batch.Id,
        BatchCorrelationId = batch.CorrelationId,
        Application = row.Release.App.Name,
        Stage = stage.Place(),
        Cluster = row.Target!.Cluster,
        Attempt = batch.Attempt(stage) + 1,
        Image = row.Image!,
        Target = row.Target.ToJson(),
        StartedAt = clock.GetUtcNow(),
        DeadlineAt = clock.GetUtcNow().AddMinutes(10)
    };
}
