using System.Globalization;
using DevopsCd.Core.Deployments;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>Stages as data for the plan, which knows no database.</summary>
internal sealed class A_stage
{
    private readonly List<App> _apps = [];

    /// <param name="application">Its name.</param>
    /// <param name="after">What it depends on.</param>
    /// <param name="clusters">Where it deploys; <c>east@2</c> is the cluster east in the second wave.</param>
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

    public A_stage Is(string application, OperationStatus status, string? error = null, string? cluster = null, DateTimeOffset? at = null)
    {
        foreach (var op in _apps.Single(a => a.Name == application).Ops.Where(o => cluster is null || o.Cluster == cluster))
            (op.Status, op.Error, op.EndedAt) = (status, error, at);
        return this;
    }

    /// <summary>All that is to be done.</summary>
    public IEnumerable<(string Application, string Cluster, int Wave, OperationStatus? Status)> All =>
        _apps.SelectMany(a => a.Ops.Select(o => (a.Name, o.Cluster, o.Wave, o.Status)));

    public IEnumerable<(string Application, string Cluster)> Running =>
        _apps.SelectMany(a => a.Ops.Where(o => o.Status is OperationStatus.Pending or OperationStatus.Progressing).Select(o => (a.Name, o.Cluster)));

    public StagePlan Plan(int concurrency = 5, bool halted = false, bool cancelled = false, WaveOrder waves = default) => StagePlan.Of(
        [.. _apps.Select((a, i) => new StageItem(i + 1, a.Name, a.After,
            [.. a.Ops.Select(o => new StageCluster(o.Cluster, o.Status, o.Error, Wave: o.Wave, EndedAt: o.EndedAt))]))],
        concurrency, halted, cancelled, waves: waves);

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
        public string Cluster { get; } = cluster.Split('@')[0];

        public int Wave { get; } = cluster.Split('@') is [_, var wave] ? int.Parse(wave, CultureInfo.InvariantCulture) : 1;

        public OperationStatus? Status { get; set; }

        public string? Error { get; set; }

        public DateTimeOffset? EndedAt { get; set; }
    }
}
