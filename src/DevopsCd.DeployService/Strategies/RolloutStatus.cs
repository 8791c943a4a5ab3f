using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>The rules of <c>kubectl rollout status</c>. The object judged already holds our change, so its generation is ours or later.</summary>
internal static class RolloutStatus
{
    /// <summary>Done, but not a single pod runs what was deployed.</summary>
    private const string NothingRuns = "NothingRuns";

    public static RolloutVerdict Of(KubeObject live) => live.Root.Text("kind") switch
    {
        "StatefulSet" => StatefulSet(live),
        "DaemonSet" => DaemonSet(live),
        _ => Deployment(live)
    };

    private static RolloutVerdict Deployment(KubeObject live)
    {
        var wanted = live.Root.Number("spec", "replicas") ?? 1;
        var total = live.Root.Number("status", "replicas") ?? 0;
        var updated = live.Root.Number("status", "updatedReplicas") ?? 0;
        var available = live.Root.Number("status", "availableReplicas") ?? 0;
        var replicas = new DeployReplicas { Desired = wanted, Updated = updated, Available = available };
        if (!Observed(live))
            return new(false, "waiting for the controller to see the change", replicas, Observed: false);
        if (live.Root.Flag("spec", "paused"))
            return new(false, "the rollout is paused", replicas);
        if (updated >= wanted && total <= updated && available >= updated)
            return wanted == 0 ? Scaled(replicas) : new(true, $"{available} of {wanted} pods run the image", replicas);
        if (live.Root.Condition("Progressing") is { } progressing && progressing.Text("reason") == "ProgressDeadlineExceeded" && live.IsOfThisRollout())
            return new(false, progressing.Text("message") ?? "the progress deadline has passed", replicas, FailedBy: "ProgressDeadlineExceeded");
        if (updated < wanted)
            return new(false, $"{updated} of {wanted} pods updated", replicas);
        if (total > updated)
            return new(false, $"{total - updated} old pods are still there", replicas);
        return new(false, $"{available} of {updated} updated pods are available", replicas);
    }

    private static RolloutVerdict StatefulSet(KubeObject live)
    {
        var wanted = live.Root.Number("spec", "replicas") ?? 1;
        var updated = live.Root.Number("status", "updatedReplicas") ?? 0;
        var ready = live.Root.Number("status", "readyReplicas") ?? 0;
        var partition = live.Root.Number("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
        var replicas = new DeployReplicas { Desired = wanted, Updated = updated, Available = ready };
        if (!Observed(live))
            return new(false, "waiting for the controller to see the change", replicas, Observed: false);
        if (live.Root.Text("spec", "updateStrategy", "type") == "OnDelete")
            return new(false, "its update strategy is OnDelete: nothing rolls out by itself", replicas, FailedBy: "OnDelete");
        if (ready < wanted)
            return new(false, $"{ready} of {wanted} pods are ready", replicas);
        // Not by the revisions: those of a rollout that was set back half way are the same again before a single pod is.
        if (updated < wanted - partition)
            return new(false, $"{updated} of {wanted - partition} pods updated{(partition > 0 ? $" (partition {partition})" : "")}", replicas);
        if (wanted == 0)
            return Scaled(replicas);
        if (partition >= wanted)
            return new(true, $"the image is set, but partition {partition} lets none of the {wanted} pods move: no pod runs it", replicas, DoneAs: NothingRuns);
        return partition > 0
            ? new(true, $"{updated} pods run the image; partition {partition} holds the others", replicas, DoneAs: "HeldByPartition")
            : new(true, $"{ready} of {wanted} pods run the image", replicas);
    }

    private static RolloutVerdict DaemonSet(KubeObject live)
    {
        var wanted = live.Root.Number("status", "desiredNumberScheduled") ?? 0;
        var updated = live.Root.Number("status", "updatedNumberScheduled") ?? 0;
        var available = live.Root.Number("status", "numberAvailable") ?? 0;
        var replicas = new DeployReplicas { Desired = wanted, Updated = updated, Available = available };
        if (!Observed(live))
            return new(false, "waiting for the controller to see the change", replicas, Observed: false);
        if (live.Root.Text("spec", "updateStrategy", "type") == "OnDelete")
            return new(false, "its update strategy is OnDelete: nothing rolls out by itself", replicas, FailedBy: "OnDelete");
        if (updated < wanted)
            return new(false, $"{updated} of {wanted} pods updated", replicas);
        if (wanted == 0)
            return new(true, "the image is set, but no node matches this DaemonSet: no pod runs it", replicas, DoneAs: NothingRuns);
        return available < wanted
            ? new(false, $"{available} of {wanted} updated pods are available", replicas)
            : new(true, $"{available} of {wanted} nodes run the image", replicas);
    }

    private static RolloutVerdict Scaled(DeployReplicas replicas) =>
        new(true, "the image is set, but the workload is scaled to 0: no pod runs it", replicas, DoneAs: NothingRuns);

    private static bool Observed(KubeObject live) => (live.Root.Number("status", "observedGeneration") ?? 0) >= live.Generation;
}
