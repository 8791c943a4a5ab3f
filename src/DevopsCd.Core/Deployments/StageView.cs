using DevopsCd.Core.Freezes;

namespace DevopsCd.Core.Deployments;

/// <summary>The rows of a stage, and the plan's view of them.</summary>
internal sealed class StageView
{
    private readonly Dictionary<long, StageRelease> _byId;
    private readonly Dictionary<long, SealedRelease> _content;

    /// <param name="stage">The stage.</param>
    /// <param name="content">What the seal fixed.</param>
    /// <param name="shown">What the releases show.</param>
    /// <param name="operations">The stage's operations, of every attempt.</param>
    /// <param name="occupied">Workloads on which an operation that was given up may still run, with its id.</param>
    /// <param name="leftBehind">How many of those are this batch's.</param>
    /// <param name="attempt">The present attempt.</param>
    public StageView(
        Stage stage, IReadOnlyList<SealedRelease> content, IReadOnlyList<StageRelease> shown, IReadOnlyList<StageOperation> operations,
        IReadOnlyDictionary<string, string> occupied, int leftBehind, int attempt)
    {
        (Stage, LeftBehind) = (stage, leftBehind);
        Operations = [.. operations.Where(o => o.Stage == stage && o.Attempt == attempt)];
        _byId = shown.ToDictionary(r => r.Id);
        _content = content.ToDictionary(r => r.Id);
        var byPlace = operations.ToLookup(o => (o.ReleaseId, o.Cluster));
        if (!stage.GoesBack())
        {
            Items = [.. content.Select(r => new StageItem(r.Id, r.Application, r.DependsOn,
                [.. r.Places[stage].Select(place => Of(place, byPlace[(r.Id, place.Cluster)], occupied, attempt))]))];
            return;
        }
        // The way back is the way there in reverse: an application goes back when all that depend on it have.
        var order = stage.Order(content.ToDictionary(r => r.Application, r => r.DependsOn, StringComparer.Ordinal));
        Items = [.. content.Select(r => Back(r, order[r.Application], byPlace, occupied, attempt))];
    }

    public Stage Stage { get; }

    /// <summary>Computed from rows that were not read in this transaction.</summary>
    public bool IsRemembered { get; init; }

    /// <summary>Operations of the batch that have ended for it and may still run.</summary>
    public int LeftBehind { get; }

    /// <summary>Operations of the present attempt.</summary>
    public IReadOnlyList<StageOperation> Operations { get; }

    public IReadOnlyList<StageItem> Items { get; }

    /// <summary>The applications while a freeze holds.</summary>
    public IReadOnlyList<StageItem> In(Frozen frozen)
    {
        var words = frozen.InWords().ToString();
        return [.. Items.Select(i => i with { Clusters = [.. i.Clusters.Select(c => frozen.Covers(c.Cluster) ? c with { Frozen = words } : c)] })];
    }

    /// <summary>What the release's row says now.</summary>
    public StageRelease Shown(long releaseId) => _byId[releaseId];

    /// <summary>What the seal fixed of a release.</summary>
    public SealedRelease Sealed(long releaseId) => _content[releaseId];

    private static StageItem Back(SealedRelease release, IReadOnlyList<string> after, ILookup<(long, string), StageOperation> byPlace,
        IReadOnlyDictionary<string, string> occupied, int attempt)
    {
        var clusters = new List<StageCluster>();
        string? kept = null;
        foreach (var place in release.Places[Stage.Rollback])
        {
            var operations = byPlace[(release.Id, place.Cluster)].OrderBy(o => o.Id).ToList();
            var undo = StageUndo.Of(operations);
            if (undo.Kept is { } reason)
            {
                // That something stays is to be seen, wherever it does.
                kept = kept is null or StageUndo.NotMoved ? reason : kept;
                continue;
            }
            var told = undo.IsDone ? operations.FindLast(o => o.Stage.GoesBack() && o.Status == OperationStatus.Succeeded)
                : operations.Find(o => o.Stage.GoesBack() && o.Attempt == attempt);
            clusters.Add(new StageCluster(place.Cluster, told?.Status, told?.Error, occupied.GetValueOrDefault(place.Workload), Undo: undo.Undo,
                Wave: place.Wave));
        }
        return new StageItem(release.Id, release.Application, after, clusters, kept);
    }

    /// <summary>What succeeded in an earlier attempt stays so: a retry deploys only the rest (R5).</summary>
    private static StageCluster Of(SealedPlace place, IEnumerable<StageOperation> operations, IReadOnlyDictionary<string, string> occupied, int attempt)
    {
        var told = operations.FirstOrDefault(o => o.Status == OperationStatus.Succeeded) ?? operations.FirstOrDefault(o => o.Attempt == attempt);
        return new StageCluster(
            place.Cluster, told?.Status, told?.Error, occupied.GetValueOrDefault(place.Workload), Wave: place.Wave, EndedAt: told?.FinishedAt);
    }
}

/// <summary>What a release shows of its stages now.</summary>
internal sealed record StageRelease(long Id, ReleaseStatus Pre, ReleaseStatus Prod, ReleaseStatus Rollback, string? Reason)
{
    public static StageRelease Of(BatchRelease release) =>
        new(release.Id, release.PreStatus, release.ProdStatus, release.RollbackStatus, release.StatusReason);

    /// <inheritdoc cref="BatchRelease.Outcome(Stage)" />
    public ReleaseStatus Outcome(Stage stage) => BatchRelease.Outcome(stage, Pre, Prod, Rollback);
}

/// <summary>What the plan needs to know of a stored operation.</summary>
internal sealed record StageOperation(long Id, long ReleaseId, Stage Stage, string Cluster, int Attempt, OperationStatus Status, string? Error,
    bool MayHaveMoved, bool Outdated, DateTimeOffset? FinishedAt = null)
{
    /// <summary>Its id at the deploy service; read where a rollback needs it.</summary>
    public string OperationId { get; init; } = "";

    /// <inheritdoc cref="Deployment.Previous" />
    public PreviousVersion? Previous { get; init; }

    /// <inheritdoc cref="Deployment.PreviousRun" />
    public int Run { get; init; }

    public static StageOperation Of(Deployment operation) => new(operation.Id, operation.ReleaseId, operation.Stage, operation.Cluster, operation.Attempt,
        operation.Status, operation.Error, operation.AcceptedAt is not null || operation.MayRun, operation.Outdated, operation.FinishedAt)
    {
        OperationId = operation.OperationId,
        Previous = operation.Previous,
        Run = operation.PreviousRun
    };
}
