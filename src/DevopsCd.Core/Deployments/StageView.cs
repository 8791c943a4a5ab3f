using DevopsCd.Core.Batches;

namespace DevopsCd.Core.Deployments;

/// <summary>The rows of a stage, and the plan's view of them.</summary>
internal sealed class StageView
{
    private readonly Dictionary<long, BatchRelease> _byId;

    public StageView(Stage stage, IReadOnlyList<BatchRelease> releases, IReadOnlyList<StageOperation> operations, int attempt)
    {
        Stage = stage;
        Releases = releases;
        Operations = [.. operations.Where(o => o.Attempt == attempt)];
        _byId = releases.ToDictionary(r => r.Id);
        var byPlace = operations.ToLookup(o => (o.ReleaseId, o.Cluster));
        Items = [.. releases.Select(r => new StageItem(r.Id, r.App.Name, r.DependsOn,
            [.. r.Targets(stage).Select(t => Of(t.Cluster, byPlace[(r.Id, t.Cluster)], attempt))]))];
    }

    public Stage Stage { get; }

    public IReadOnlyList<BatchRelease> Releases { get; }

    /// <summary>Operations of the present attempt.</summary>
    public IReadOnlyList<StageOperation> Operations { get; }

    public IReadOnlyList<StageItem> Items { get; }

    public BatchRelease Release(long id) => _byId[id];

    /// <summary>What succeeded in an earlier attempt stays so: a retry deploys only the rest (R5).</summary>
    private static StageCluster Of(string cluster, IEnumerable<StageOperation> operations, int attempt)
    {
        var told = operations.FirstOrDefault(o => o.Status == OperationStatus.Succeeded) ?? operations.FirstOrDefault(o => o.Attempt == attempt);
        return new StageCluster(cluster, told?.Status, told?.Error);
    }
}
