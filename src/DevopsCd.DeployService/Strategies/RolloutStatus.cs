using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>The rules of <c>kubectl rollout status</c>. The object judged already holds our change, so its generation is ours or later.</summary>
internal static class RolloutStatus
{
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
        if (live.Root.Condition("Progressing") is { } progressing && progressing.Text("reason") == "ProgressDeadlineExceeded")
            return new(false, progressing.Text("message") ?? "the progress deadline has passed", replicas, FailedBy: "ProgressDeadlineExceeded");
        if (live.Root.Flag("spec", "paused"))
            return new(false, "the rollout is paused", replicas);
        if (updated < wanted)
            return new(false, $"{updated} of {wanted} pods updated", replicas);
        if (total > updated)
            return new(false, $"{total - updated} old pods are still there", replicas);
        return available < updated
            ? new(false, $"{available} of {updated} updated pods are available", replicas)
            : new(true, $"{available} of {wanted} pods run the image", replicas);
    }

    private static RolloutVerdict StatefulSet(KubeObject live)
    {
        var wanted = live.Root.Number("spec", "replicas") ?? 1;
        var updated = live.Root.Number("status", "updatedReplicas") ?? 0;
        var ready = live.Root.Number("status", "readyReplicas") ?? 0;
        var current = live.Root.Text("status", "currentRevision");
        var update = live.Root.Text("status", "updateRevision");
        // Once a rollout is over, the controller counts the pods as current ones and no longer as updated ones.
        var replicas = new DeployReplicas { Desired = wanted, Updated = current == update ? live.Root.Number("status", "currentReplicas") ?? updated : updated, Available = ready };
        if (!Observed(live))
            return new(false, "waiting for the controller to see the change", replicas, Observed: false);
        if (live.Root.Text("spec", "updateStrategy", "type") == "OnDelete")
            return new(false, "its update strategy is OnDelete: nothing rolls out by itself", replicas, FailedBy: "OnDelete");
        if (ready < wanted)
            return new(false, $"{ready} of {wanted} pods are ready", replicas);
        if (live.Root.Number("spec", "updateStrategy", "rollingUpdate", "partition") is > 0 and var partition)
        {
            return updated < wanted - partition
                ? new(false, $"{updated} of {wanted - partition} pods updated (partition {partition})", replicas)
                : new(true, $"{updated} pods run the image; partition {partition} holds the others", replicas);
        }
        return update != current
            ? new(false, $"{updated} of {wanted} pods updated", replicas)
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
        return available < wanted
            ? new(false, $"{available} of {wanted} updated pods are available", replicas)
            : new(true, $"{available} of {wanted} nodes run the image", replicas);
    }

    private static bool Observed(KubeObject live) => (live.Root.Number("status", "observedGeneration") ?? 0) >= live.Generation;
}
