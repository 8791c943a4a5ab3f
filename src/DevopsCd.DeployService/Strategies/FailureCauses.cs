using System.Text;
using System.Text.Json;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>Finds out, long before a deadline, that the new pods of a workload will not come up, and why.</summary>
internal static class FailureCauses
{
    private const int EventsShown = 3;
    private const string Revision = "deployment.kubernetes.io/revision";

    private static readonly HashSet<string> Hopeless =
        ["ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "RegistryUnavailable"];

    private static readonly HashSet<string> Configuration =
        ["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError", "PostStartHookError"];

    /// <summary>The cause that no waiting will heal; null while there is hope.</summary>
    public static async Task<(string Reason, string Message)?> FindAsync(
        Cluster cluster, KubeResource resource, KubeObject live, RolloutOptions rules, DateTimeOffset now, CancellationToken stop)
    {
        foreach (var set in await NewSetsAsync(cluster, resource, live, stop))
            if (set.Root.Condition("ReplicaFailure") is { } failure && failure.Text("status") == "True"
                && now - Later(failure.Time("lastTransitionTime") ?? now, AgeOf(live)) >= rules.ConfigErrorAfter.Value)
                return (FailedCreate(failure.Text("reason"), failure.Text("message")), failure.Text("message") ?? "pods cannot be created");
        var pods = await NewPodsAsync(cluster, resource, live, stop);
        foreach (var pod in pods)
            if (Judge(pod, rules, now) is { } cause)
                return (cause.Reason, cause.Message + await EventsAsync(cluster, pod, stop));
        if (resource == KubeResource.Deployments || now - AgeOf(live) < rules.ConfigErrorAfter.Value)
            return null;
        var all = (await cluster.WatchAsync(KubeResource.Pods, live.Namespace, stop)).ControlledBy(live.Uid).Where(p => !p.Deleting).ToList();
        if (resource == KubeResource.StatefulSets && live.Root.Text("spec", "podManagementPolicy") != "Parallel")
            foreach (var pod in all.Except(pods))
                if (Judge(pod, rules, now) is { } cause)
                    return ("BlockedByOldPod", $"{cause.Message}; a StatefulSet waits for such a pod of an earlier revision and never replaces it: delete pod {pod.Name}, and the rollout goes on");
        // A StatefulSet or DaemonSet has no condition that says its pods cannot be created; its events do.
        var wanted = resource == KubeResource.StatefulSets ? live.Root.Number("spec", "replicas") ?? 1 : live.Root.Number("status", "desiredNumberScheduled") ?? 0;
        return all.Count < wanted && await FailedCreateAsync(cluster, live, now, stop) is { } refused ? (FailedCreate("FailedCreate", refused), refused) : null;
    }

    /// <summary>The pods made from the workload's present template.</summary>
    public static async Task<List<KubeObject>> NewPodsAsync(Cluster cluster, KubeResource resource, KubeObject live, CancellationToken stop)
    {
        var pods = await cluster.WatchAsync(KubeResource.Pods, live.Namespace, stop);
        if (resource == KubeResource.Deployments)
            return [.. (await NewSetsAsync(cluster, resource, live, stop)).SelectMany(s => pods.ControlledBy(s.Uid)).Where(p => !p.Deleting)];
        var images = Containers(live.Root, "spec", "template", "spec").ToDictionary(c => c.Text("name")!, c => c.Text("image"));
        var updateRevision = live.Root.Text("status", "updateRevision");
        return [.. pods.ControlledBy(live.Uid).Where(p => !p.Deleting && (resource == KubeResource.StatefulSets
            ? p.Label("controller-revision-hash") == updateRevision
            : Containers(p.Root, "spec").All(c => images.GetValueOrDefault(c.Text("name")!) == c.Text("image"))))];
    }

    /// <summary>The ReplicaSet of a Deployment's present template. The Deployment's own conditions may still be those of an earlier one.</summary>
    private static async Task<List<KubeObject>> NewSetsAsync(Cluster cluster, KubeResource resource, KubeObject live, CancellationToken stop)
    {
        if (resource != KubeResource.Deployments)
            return [];
        var sets = await cluster.WatchAsync(KubeResource.ReplicaSets, live.Namespace, stop);
        var revision = live.Annotation(Revision);
        return [.. sets.ControlledBy(live.Uid).Where(s => s.Annotation(Revision) == revision)];
    }

    private static string FailedCreate(string? reason, string? message) =>
        message?.Contains("exceeded quota", StringComparison.Ordinal) is true ? "QuotaExceeded" : reason ?? "FailedCreate";

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static (string Reason, string Message)? Judge(KubeObject pod, RolloutOptions rules, DateTimeOffset now)
    {
        if (pod.Root.Condition("PodScheduled") is { } scheduled && scheduled.Text("status") == "False" && scheduled.Text("reason") == "Unschedulable"
            && now - (scheduled.Time("lastTransitionTime") ?? pod.Created) >= rules.UnschedulableAfter.Value)
            return ("Unschedulable", $"pod {pod.Name} fits no node: {scheduled.Text("message")}");

        foreach (var container in pod.Root.Items("status", "initContainerStatuses").Concat(pod.Root.Items("status", "containerStatuses")))
        {
            var waiting = container.Text("state", "waiting", "reason");
            if (waiting is null)
                continue;
            var restarts = container.Number("restartCount") ?? 0;
            var hopeless = Hopeless.Contains(waiting)
                || waiting == "CrashLoopBackOff" && restarts >= rules.CrashRestarts
                || Configuration.Contains(waiting) && now - (pod.Root.Time("status", "startTime") ?? pod.Created) >= rules.ConfigErrorAfter.Value;
            if (hopeless)
                return (waiting, Describe(pod, container, waiting, restarts));
        }

        return pod.Root.Text("status", "phase") == "Failed" && pod.Root.Text("status", "reason") is { } evicted
            ? (evicted, $"pod {pod.Name} failed: {pod.Root.Text("status", "message") ?? evicted}")
            : null;
    }

    private static string Describe(KubeObject pod, JsonElement container, string waiting, int restarts)
    {
        var text = new StringBuilder($"pod {pod.Name}, container {container.Text("name")}: {waiting}");
        if (container.Text("state", "waiting", "message") is { Length: > 0 } why)
            text.Append(": ").Append(why);
        if (restarts > 0)
            text.Append($"; {restarts} restarts");
        var last = container.At("lastState", "terminated") ?? container.At("state", "terminated");
        if (last is { } ended)
        {
            text.Append($"; last ended with exit code {ended.Text("exitCode")}");
            if (ended.Text("reason") is { Length: > 0 } reason)
                text.Append($" ({reason})");
            if (ended.Text("message") is { Length: > 0 } message)
                text.Append(": ").Append(message.Trim());
        }
        return text.ToString();
    }

    private static async Task<string> EventsAsync(Cluster cluster, KubeObject pod, CancellationToken stop)
    {
        var warnings = await WarningsAsync(cluster, pod, stop);
        return warnings.Count == 0 ? "" : "; events: " + string.Join("; ", warnings.Select(w => $"{w.Text("reason")}: {w.Text("message")}").Distinct().TakeLast(EventsShown));
    }

    private static async Task<string?> FailedCreateAsync(Cluster cluster, KubeObject live, DateTimeOffset now, CancellationToken stop)
    {
        // Only what was said since the present template was written, and lately.
        var since = AgeOf(live);
        var last = (await WarningsAsync(cluster, live, stop)).LastOrDefault(w => w.Text("reason") == "FailedCreate" && w.Time("lastTimestamp") >= since);
        return last.ValueKind == JsonValueKind.Undefined || now - last.Time("lastTimestamp") > TimeSpan.FromMinutes(2) ? null : last.Text("message");
    }

    private static async Task<List<JsonElement>> WarningsAsync(Cluster cluster, KubeObject about, CancellationToken stop)
    {
        try
        {
            var (_, events) = await cluster.Api.ListAsync(KubeResource.Events, about.Namespace, null, $"involvedObject.uid={about.Uid},type=Warning", stop);
            return [.. events.Select(e => e.Root).OrderBy(e => e.Time("lastTimestamp") ?? e.Time("eventTime") ?? default)];
        }
        catch (Exception e) when (e is KubeException or ClusterUnreachableException)
        {
            // The cause is known without them.
            return [];
        }
    }

    private static DateTimeOffset AgeOf(KubeObject live) => live.Root.Time("metadata", "annotations", Stamps.AcceptedAt) ?? live.Created;

    private static IEnumerable<JsonElement> Containers(JsonElement root, params string[] path) => root.Items([.. path, "containers"]);
}
