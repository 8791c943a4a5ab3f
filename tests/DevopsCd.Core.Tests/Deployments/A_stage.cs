using DevopsCd.Core.Deployments;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>Stages as data for the plan, which knows no database.</summary>
internal sealed class A_stage
{
    private readonly List<App> _apps = [];

    public A_stage With(string application, string[]? after = null, params string[] clusters)
    {
        _apps.Add(new App(application, after ?? [], [.. (clusters.Length == 0 ? ["c1"] : clusters).Select(c => new Op(c))]));
        return this;
    }

    public A_stage WithoutSettings(string application, params string[] after)
    {
        _apps.Add(new App(application, after, []));
        return this;
    }

    public A_stage Is(string application, OperationStatus status, string? error = null, string? cluster = null)
    {
        foreach (var op in _apps.Single(a => a.Name == application).Ops.Where(o => cluster is null || o.Cluster == cluster))
            (op.Status, op.Error) = (status, error);
        return this;
    }

    public IEnumerable<(string Application, string Cluster)> Running =>
        _apps.SelectMany(a => a.Ops.Where(o => o.Status is OperationStatus.Pending or OperationStatus.Progressing).Select(o => (a.Name, o.Cluster)));

    public StagePlan Plan(int concurrency = 5, bool halted = false, bool cancelled = false) => StagePlan.Of(
        [.. _apps.Select((a, i) => new StageItem(i + 1, a.Name, a.After, [.. a.Ops.Select(o => new StageCluster(o.Cluster, o.Status, o.Error))]))],
        concurrency, halted, cancelled);

    /// <summary>What the dispatcher does with a plan.</summary>
    public A_stage Start(StagePlan plan)
    {
        foreach (var (item, cluster) in plan.Start)
            Is(item.Application, OperationStatus.Pending, cluster: cluster.Cluster);
        return this;
    }

    private sealed record App(string Name, string[] After, List<Op> Ops);

    private sealed class Op(string cluster)
    {
        public string Cluster => cluster;

        public OperationStatus? Status { get; set; }

        public string? Error { get; set; }
    }
}
