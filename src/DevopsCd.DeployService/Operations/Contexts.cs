using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Operations;

/// <summary>Gives a strategy what a step of it may know.</summary>
internal sealed class Contexts(Clusters clusters, OperationStore store, IOptions<DeployServiceOptions> options, TimeProvider clock)
{
    public Cluster ClusterOf(OperationRecord record) =>
        clusters.TryGet(record.Request.Cluster, out var cluster)
            ? cluster
            : throw new Refused("cluster", "ClusterNotConfigured", $"cluster '{record.Request.Cluster}' is no longer configured");

    public OperationContext Of(OperationRecord record) => new(record, ClusterOf(record), options.Value.Rollout, clock, async stop =>
    {
        var fresh = await store.ReadAsync(record.Id, stop);
        if (fresh?.ResourceVersion != record.ResourceVersion)
            throw new Again("the record has changed");
    });
}
