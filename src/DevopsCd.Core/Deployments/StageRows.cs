using DevopsCd.Core.Data;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Policies;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Reads the rows of which the plan of a stage is computed. Whoever settles operations has them read with the batch's lock, in one round
/// trip: they are as they were when the lock was had.
/// </summary>
internal sealed class StageRows(CdDbContext db, BatchPolicies policies, LiveVersions versions, FreezeBook freezes, StageMemory memory)
{
    private StageContent? _ahead;
    private (Batch Batch, StageContent Content)? _changing;

    /// <summary>Locks a batch and reads, after that, operations of its stage for changes, the rows of the stage, and the batch's policies.</summary>
    /// <returns>The batch, null when there is none, and those of the operations that it has.</returns>
    public async Task<(Batch? Batch, IReadOnlyList<Deployment> Operations)> LockAsync(
        StageOfBatch at, List<string> operationIds, CancellationToken cancellationToken)
    {
        var remembered = memory.Take(at.BatchId, at.Stage);
        (_ahead, _changing) = (null, null);
        var queries = new QueryBatch(db);
        var content = remembered is null ? Add(queries, at.BatchId, at.Stage) : null;
        var marks = remembered is null ? [] : queries.Add(Mark(at.BatchId, at.Stage));
        var given = remembered is null ? [] : queries.Add(GivenUp());
        var known = policies.ReadWith(queries, at.BatchId);
        versions.Forget();
        versions.ReadWith(queries, operationIds);
        freezes.ReadWith(queries);
        var operations = queries.Add(db.Deployments.Where(d => operationIds.Contains(d.OperationId)));
        var batch = await queries.LockInstanceAsync<Batch>(nameof(Batch.CorrelationId), at.CorrelationId, cancellationToken);
        known();
        if (batch is null)
            return (null, operations);
        var holds = remembered is not null && remembered.Attempt == batch.Attempt(at.Stage) && given.Count == 0
            && marks.SingleOrDefault() == remembered.Mark;
        _ahead = content ?? (holds ? remembered : null);
        if (_ahead is not null)
            Keep(batch, _ahead);
        return (batch, operations);
    }

    /// <summary>Reads further operations of a locked batch for changes.</summary>
    public async Task<IReadOnlyList<Deployment>> AlsoAsync(List<string> operationIds, CancellationToken cancellationToken)
    {
        var queries = new QueryBatch(db);
        var operations = queries.Add(db.Deployments.Where(d => operationIds.Contains(d.OperationId)));
        versions.ReadWith(queries, operationIds);
        await queries.ReadAsync(cancellationToken);
        return operations;
    }

    /// <summary>The rows of a stage of a locked batch. Those that were read with the lock are given once: after that they may have changed.</summary>
    public async Task<StageContent> ReadAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        if (_ahead is { } ahead && (ahead.BatchId, ahead.Stage) == (batch.Id, stage))
        {
            _ahead = null;
            return ahead;
        }
        var queries = new QueryBatch(db);
        var content = Add(queries, batch.Id, stage);
        await queries.ReadAsync(cancellationToken);
        Keep(batch, content);
        return content;
    }

    /// <summary>
    /// What has run in the places of a stage before it began: nobody else deploys to them while it goes on (R3), and whatever has been deployed is not
    /// asked about again. So it is read once.
    /// </summary>
    public async Task<IReadOnlyDictionary<(long ApplicationId, string Cluster), string>> BeforeAsync(
        Batch batch, Stage stage, IReadOnlyCollection<long> applications, CancellationToken cancellationToken)
    {
        if (_changing is { } changing && (changing.Content.BatchId, changing.Content.Stage) == (batch.Id, stage) && changing.Content.Before is { } known)
            return known;
        var before = (await versions.ImagesAsync(applications, stage, cancellationToken)).ToDictionary(v => (v.ApplicationId, v.Cluster), v => v.Image);
        if (_changing is { } kept && (kept.Content.BatchId, kept.Content.Stage) == (batch.Id, stage))
            _changing = (batch, kept.Content with { Before = before });
        return before;
    }

    /// <summary>Remembers the rows, with what this transaction makes of them, once it has committed.</summary>
    private void Keep(Batch batch, StageContent content)
    {
        memory.Take(content.BatchId, content.Stage);
        _changing = (batch, content);
        db.AfterCommit(Remember);
    }

    private void Remember()
    {
        if (_changing is not { } changing)
            return;
        var (batch, content) = changing;
        _changing = null;
        // While something that was given up may still run, reasons depend on more than the stage's own rows: everything is read then.
        List<Deployment> changed = [.. db.Tracked<Deployment>()];
        if (BatchStatus.Deploying(batch.Status) != content.Stage || content.GivenUp.Count > 0 || changed.Exists(d => d.State().StopDue))
            return;
        var releases = content.Releases.ToDictionary(r => r.Id);
        foreach (var release in db.Tracked<BatchRelease>().Where(r => r.BatchId == batch.Id))
            releases[release.Id] = StageRelease.Of(release);
        var operations = content.Operations.ToDictionary(o => o.Id);
        foreach (var operation in changed.Where(d => d.BatchId == batch.Id && (d.Stage == content.Stage || d.Stage == content.Stage.Place())))
            operations[operation.Id] = StageOperation.Of(operation);
        memory.Keep(content with
        {
            Releases = [.. releases.Values],
            Operations = [.. operations.Values],
            Attempt = batch.Attempt(content.Stage),
            IsRemembered = true
        });
    }

    /// <summary>
    /// Operations come and end, and nothing brings them back: as long as both numbers are the same, no other process has moved the stage.
    /// </summary>
    private IQueryable<StageMark> Mark(long batchId, Stage stage) => OfStage(batchId, stage)
        .GroupBy(d => d.BatchId).Select(g => new StageMark(g.Count(), g.Count(d => d.FinishedAt != null)));

    /// <summary>The operations of a stage; of one that goes back, also those that it takes back.</summary>
    private IQueryable<Deployment> OfStage(long batchId, Stage stage)
    {
        var undone = stage.Place();
        return undone == stage
            ? db.Deployments.Where(d => d.BatchId == batchId && d.Stage == stage)
            : db.Deployments.Where(d => d.BatchId == batchId && (d.Stage == stage || d.Stage == undone));
    }

    private IQueryable<GivenUp> GivenUp() => db.Deployments.AsNoTracking().Where(d => d.MayRun && d.FinishedAt != null)
        .Select(d => new GivenUp(d.Id, d.BatchId, d.OperationId, d.Target));

    private StageContent Add(QueryBatch queries, long batchId, Stage stage) => new(batchId, stage,
        queries.Add(db.Releases.AsNoTracking().Where(r => r.BatchId == batchId)
            .Select(r => new StageRelease(r.Id, r.PreStatus, r.ProdStatus, r.RollbackStatus, r.StatusReason))),
        queries.Add(stage.GoesBack() ? ToTakeBack(OfStage(batchId, stage)) : OfStage(batchId, stage).AsNoTracking()
            .Select(d => new StageOperation(
                d.Id, d.ReleaseId, d.Stage, d.Cluster, d.Attempt, d.Status, d.Error, d.AcceptedAt != null || d.MayRun, d.Outdated,
                d.FinishedAt))),
        queries.Add(GivenUp()));

    private static IQueryable<StageOperation> ToTakeBack(IQueryable<Deployment> operations) => operations.AsNoTracking()
        .Select(d => new StageOperation(
            d.Id, d.ReleaseId, d.Stage, d.Cluster, d.Attempt, d.Status, d.Error, d.AcceptedAt != null || d.MayRun, d.Outdated, d.FinishedAt)
        {
            OperationId = d.OperationId,
            Previous = d.PreviousUnchanged == null ? null : new PreviousVersion(d.PreviousImage, d.PreviousRevision, d.PreviousUnchanged.Value),
            Run = d.PreviousRun
        });
}

/// <summary>A stage of a batch, by both of the batch's keys.</summary>
internal readonly record struct StageOfBatch(Guid CorrelationId, long BatchId, Stage Stage)
{
    public static StageOfBatch Of(Deployment operation) => new(operation.BatchCorrelationId, operation.BatchId, operation.Stage);
}

/// <summary>The rows of a stage.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Releases">What the releases show of it.</param>
/// <param name="Operations">Its operations, of every attempt.</param>
/// <param name="GivenUp">Operations of any batch that have ended for it while the deploy service may still carry them out.</param>
internal sealed record StageContent(
    long BatchId, Stage Stage, IReadOnlyList<StageRelease> Releases, IReadOnlyList<StageOperation> Operations, IReadOnlyList<GivenUp> GivenUp)
{
    /// <summary>Of remembered rows: the stage's attempt.</summary>
    public int Attempt { get; init; }

    /// <summary>They were not read in this transaction, but are what they were at its last look; the end of a stage is not decided by them.</summary>
    public bool IsRemembered { get; init; }

    /// <summary>What has run before, by application and cluster; null where nobody has asked yet.</summary>
    public IReadOnlyDictionary<(long ApplicationId, string Cluster), string>? Before { get; init; }

    /// <summary>How far the stage is.</summary>
    public StageMark Mark => new(Operations.Count, Operations.Count(o => o.Status is not (OperationStatus.Pending or OperationStatus.Progressing)));
}

/// <summary>How many operations a stage has had, and how many of them have ended.</summary>
internal sealed record StageMark(int Started, int Ended);

/// <summary>An operation that has ended for its batch and may still run.</summary>
internal sealed record GivenUp(long Id, long BatchId, string OperationId, string Target)
{
    public string Workload => SealedTarget.One(Target).Workload;
}
