using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Operations;

/// <summary>Gives a strategy what a step of it may know.</summary>
internal sealed class OperationContextFactory(Clusters clusters, OperationStore store, Schedule schedule, IOptions<DeployServiceOptions> options,
    TimeProvider clock)
{
    public Cluster ClusterOf(OperationRecord record) =>
        clusters.TryGet(record.Request.Cluster, out var cluster)
            ? cluster
            : throw new TargetRejectedException("cluster", "ClusterNotConfigured", $"cluster '{record.Request.Cluster}' is no longer configured");

    /// <summary>What a step from that record may know: the target no older than the record.</summary>
    public async Task<OperationContext> OfAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        var (cluster, job) = (ClusterOf(record), schedule.JobOf(record.Id));
        await job.Basis.MeetAsync(record, cluster, cancellationToken);
        return new(record, cluster, options.Value.Rollout, clock)
        {
            Job = job,
            FindRecordAsync = store.FindAsync,
            StillCurrentAsync = async still =>
            {
                var fresh = await store.ReadAsync(record.Id, still);
                if (fresh?.ResourceVersion != record.ResourceVersion)
                    throw new ConcurrentChangeException("the record has changed");
            }
        };
    }
}
