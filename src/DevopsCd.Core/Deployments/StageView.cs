using DevopsCd.Core.Batches;

namespace DevopsCd.Core.Deployments;

/// <summary>The rows of a stage, and the plan's view of them.</summary>
internal sealed class StageView
{
    private readonly Dictionary<long, StageRelease> _byId;

    public StageView(Stage stage, IReadOnlyList<SealedRelease> content, IReadOnlyList<StageRelease> shown, IReadOnlyList<StageOperation> operations, int attempt)
    {
        Stage = stage;
        Operations = [.. operations.Where(o => o.Attempt == attempt)];
        _byId = shown.ToDictionary(r => r.Id);
        var byPlace = operations.ToLookup(o => (o.ReleaseId, o.Cluster));
        Items = [.. content.Select(r => new StageItem(r.Id, r.Application, r.DependsOn,
            [.. (stage == Stage.Pre ? r.PreClusters : r.ProdClusters).Select(cluster => Of(cluster, byPlace[(r.Id, cluster)], attempt))]))];
    }

    public Stage Stage { get; }

    /// <summary>Operations of the present attempt.</summary>
    public IReadOnlyList<StageOperation> Operations { get; }

    public IReadOnlyList<StageItem> Items { get; }

    /// <summary>What the release's row says now.</summary>
    public (ReleaseStatus Outcome, string? Reason) Shown(long releaseId) => (_byId[releaseId].Outcome, _byId[releaseId].Reason);

    /// <summary>What succeeded in an earlier attempt stays so: a retry deploys only the rest (R5).</summary>
    private static StageCluster Of(string cluster, IEnumerable<StageOperation> operations, int attempt)
    {
        var told = operations.FirstOrDefault(o => o.Status == OperationStatus.Succeeded) ?? operations.FirstOrDefault(o => o.Attempt == attempt);
        return new StageCluster(cluster, told?.Status, told?.Error);
    }
}
