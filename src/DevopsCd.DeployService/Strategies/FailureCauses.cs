using System.Text;
using System.Text.Json;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Strategies;

/// <summary>Finds out, long before a deadline, that the new pods of a workload will not come up, and why.</summary>
internal static class FailureCauses
{
    private const int EventsShown = 3;
    private const int PullsRead = 3;

    private static readonly HashSet<string> s_hopeless =
        ["ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "SignatureValidationFailed"];

    private static readonly HashSet<string> s_pulling = ["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"];

    private static readonly HashSet<string> s_configuration =
        ["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError", "PostStartHookError"];

    /// <summary>The cause that no waiting will heal, or one that may pass; null where there is none. What was so before the operation began does not count.</summary>
    public static async Task<FailureCause?> FindAsync(
        Cluster cluster, KubeResource resource, KubeObject live, RolloutOptions rules, DateTimeOffset since, DateTimeOffset now,
            CancellationToken cancellationToken)
    {
        foreach (var set in await NewSetsAsync(cluster, resource, live, cancellationToken))
            if (set.Root.Condition("ReplicaFailure") is { } failure && failure.Text("status") == "True"
                && now - Later(failure.Time("lastTransitionTime") ?? now, since) >= rules.ConfigErrorAfter.Value)
                return new(FailedCreate(failure.Text("reason"), failure.Text("message")), failure.Text("message") ?? "pods cannot be created");
        var pods = await NewPodsAsync(cluster, resource, live, cancellationToken);
        FailureCause? passing = null;
        var pulls = 0;
        foreach (var pod in pods)
        {
            if (Judge(pod, rules, now) is { } cause)
                return cause with { Message = cause.Message + EventsOf(await WarningsAsync(cluster, pod, cancellationToken), cause.Message) };
            // The others pull the same image; each look at one costs a call.
            if (pulls < PullsRead && await PullAsync(cluster, pod, rules, now, cancellationToken) is { } pull)
            {
                if (!pull.MayPass)
                    return pull;
                passing ??= pull;
                pulls++;
            }
        }
        if (passing is not null || resource == KubeResource.Deployments || now - since < rules.ConfigErrorAfter.Value)
            return passing;
        var all = (await cluster.WatchAsync(KubeResource.Pods, live.Namespace, cancellationToken)).ControlledBy(live.Uid).Where(IsAlive).ToList();
        if (resource == KubeResource.StatefulSets && live.Root.Text("spec", "podManagementPolicy") != "Parallel")
            foreach (var pod in all.Except(pods))
                if (Judge(pod, rules, now) is { } cause)
                    return new("BlockedByOldPod",
                        $"{cause.Message}; a StatefulSet waits for such a pod of an earlier revision and never replaces it: delete pod {pod.Name}, and the rollout goes on");
        // A StatefulSet or DaemonSet has no condition that says its pods cannot be created; its events do.
        var wanted = resource == KubeResource.StatefulSets ? live.Root.Number("spec", "replicas") ?? 1
            : live.Root.Number("status", "desiredNumberScheduled") ?? 0;
        return all.Count < wanted && await FailedCreateAsync(cluster, live, since, now, cancellationToken) is { } refused
            ? new(FailedCreate("FailedCreate", refused), refused) : null;
    }

    /// <summary>The first new pod that does not serve yet, with what it waits for; null when each does.</summary>
    public static async Task<string?> LateAsync(Cluster cluster, KubeResource resource, KubeObject live, CancellationToken cancellationToken)
    {
        foreach (var pod in await NewPodsAsync(cluster, resource, live, cancellationToken))
        {
            if (pod.Root.Condition("Ready")?.Text("status") == "True")
                continue;
            var container = ContainerStatuses(pod).FirstOrDefault(c => !c.Flag("ready"));
            var why = container.Text("state", "waiting", "reason") ?? pod.Root.Condition("Ready")?.Text("reason") ?? pod.Root.Text("status", "phase");
            return $"{Where(pod)} is not ready{(why is null ? "" : $": {why}")}";
        }
        return null;
    }

    /// <summary>The pods made from the workload's present template; those that have ended only when they are asked for.</summary>
    public static async Task<List<KubeObject>> NewPodsAsync(Cluster cluster, KubeResource resource, KubeObject live, CancellationToken cancellationToken,
        bool withEnded = false)
    {
        var pods = await cluster.WatchAsync(KubeResource.Pods, live.Namespace, cancellationToken);
        if (resource == KubeResource.Deployments)
            return [.. (await NewSetsAsync(cluster, resource, live, cancellationToken)).SelectMany(s => pods.ControlledBy(s.Uid)).Where(Counts)];
        var images = Containers(live.Root, "spec", "template", "spec").ToDictionary(c => c.Text("name")!, c => c.Text("image"));
        var updateRevision = live.Root.Text("status", "updateRevision");
        return [.. pods.ControlledBy(live.Uid).Where(p => Counts(p) && (resource == KubeResource.StatefulSets
            ? p.Label("controller-revision-hash") == updateRevision
            : Containers(p.Root, "spec").All(c => images.GetValueOrDefault(c.Text("name")!) == c.Text("image"))))];

        bool Counts(KubeObject pod) => withEnded || IsAlive(pod);
    }

    /// <summary>The pods of the newest ReplicaSet that something controls, also those that have ended.</summary>
    public static async Task<List<KubeObject>> NewestPodsAsync(Cluster cluster, KubeObject controller, CancellationToken cancellationToken)
    {
        var sets = await cluster.WatchAsync(KubeResource.ReplicaSets, controller.Namespace, cancellationToken);
        var pods = await cluster.WatchAsync(KubeResource.Pods, controller.Namespace, cancellationToken);
        return sets.ControlledBy(controller.Uid).MaxBy(s => s.Created) is { } newest ? [.. pods.ControlledBy(newest.Uid)] : [];
    }

    /// <summary>The ReplicaSet of a Deployment's present template. The Deployment's own conditions may still be those of an earlier one.</summary>
    private static async Task<List<KubeObject>> NewSetsAsync(Cluster cluster, KubeResource resource, KubeObject live, CancellationToken cancellationToken)
    {
        if (resource != KubeResource.Deployments)
            return [];
        var sets = await cluster.WatchAsync(KubeResource.ReplicaSets, live.Namespace, cancellationToken);
        var revision = live.Annotation(Workloads.Revision);
        return [.. sets.ControlledBy(live.Uid).Where(s => s.Annotation(Workloads.Revision) == revision)];
    }

    private static string FailedCreate(string? reason, string? message) =>
        message?.Contains("exceeded quota", StringComparison.Ordinal) is true ? "QuotaExceeded" : reason ?? "FailedCreate";

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>A pull that failed: at once where the registry has said why the image cannot be had, otherwise once that has lasted.</summary>
    private static async Task<FailureCause?> PullAsync(Cluster cluster, KubeObject pod, RolloutOptions rules, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        foreach (var container in ContainerStatuses(pod))
        {
            if (container.Text("state", "waiting", "reason") is not { } waiting || !s_pulling.Contains(waiting))
                continue;
            var warnings = await WarningsAsync(cluster, pod, cancellationToken);
            var failed = warnings.Where(w => w.Text("message")?.StartsWith("Failed to pull image", StringComparison.Ordinal) is true).ToList();
            // The latest says how it is now; the back-off itself says nothing.
            var said = $"{container.Text("state", "waiting", "message")} {(failed.Count > 0 ? failed[^1].Text("message") : "")}";
            var since = failed.Select(w => w.Time("firstTimestamp")).Min() ?? pod.Root.Time("status", "startTime") ?? pod.Created;
            var mayPass = waiting == "RegistryUnavailable" || PullError.IsPassing(said, ImageOf(pod, container.Text("name")));
            // Without a word why, the first failure may be any; a runtime that backs off has failed more than once.
            if (waiting == "ErrImagePull" && !mayPass && string.IsNullOrWhiteSpace(said))
                continue;
            var message = Describe(pod, container, waiting, container.Number("restartCount") ?? 0);
            return new FailureCause(waiting, message + EventsOf(warnings, message), mayPass && now - since < rules.PullErrorAfter.Value);
        }
        return null;
    }

    public static string? ImageOf(KubeObject pod, string? container) =>
        pod.Root.Items("spec", "initContainers").Concat(pod.Root.Items("spec", "containers")).Where(c => c.Text("name") == container)
            .Select(c => c.Text("image")).FirstOrDefault();

    public static IEnumerable<JsonElement> ContainerStatuses(KubeObject pod) =>
        pod.Root.Items("status", "initContainerStatuses").Concat(pod.Root.Items("status", "containerStatuses"));

    /// <summary>The pod, and the node where it is on one: often the node is to blame.</summary>
    private static string Where(KubeObject pod) =>
        pod.Root.Text("spec", "nodeName") is { Length: > 0 } node ? $"pod {pod.Name} on node {node}" : $"pod {pod.Name}";

    private static FailureCause? Judge(KubeObject pod, RolloutOptions rules, DateTimeOffset now)
    {
        if (pod.Root.Condition("PodScheduled") is { } scheduled && scheduled.Text("status") == "False" && scheduled.Text("reason") == "Unschedulable"
            && now - (scheduled.Time("lastTransitionTime") ?? pod.Created) >= rules.UnschedulableAfter.Value)
            return new("Unschedulable", $"pod {pod.Name} fits no node: {scheduled.Text("message")}");

        foreach (var container in ContainerStatuses(pod))
        {
            var waiting = container.Text("state", "waiting", "reason");
            if (waiting is null)
                continue;
            var restarts = container.Number("restartCount") ?? 0;
            var hopeless = s_hopeless.Contains(waiting)
                || waiting == "CrashLoopBackOff" && restarts >= rules.CrashRestarts
                || s_configuration.Contains(waiting) && now - (pod.Root.Time("status", "startTime") ?? pod.Created) >= rules.ConfigErrorAfter.Value;
            if (hopeless)
                return new(waiting, Describe(pod, container, waiting, restarts));
        }

        return null;
    }

    /// <summary>An evicted, preempted or shut down pod is replaced by its controller, and may lie there for weeks: it says nothing about the rollout.</summary>
    private static bool IsAlive(KubeObject pod) => !pod.Deleting && pod.Root.Text("status", "phase") is not ("Failed" or "Succeeded");

    /// <summary>The same of a container whatever state it is in.</summary>
    public static string Describe(KubeObject pod, JsonElement container) =>
        Describe(pod, container, container.Text("state", "waiting", "reason") ?? "ended", container.Number("restartCount") ?? 0);

    private static string Describe(KubeObject pod, JsonElement container, string waiting, int restarts)
    {
        var text = new StringBuilder($"{Where(pod)}, container {container.Text("name")}: {waiting}");
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
                text.Append(": ").Append(SecretText.Hide(message.Trim()));
        }
        return text.ToString();
    }

    /// <summary>The pod's last warnings, as far as they say more than has been said.</summary>
    private static string EventsOf(List<JsonElement> warnings, string said)
    {
        var news = warnings.Where(
            w => w.Text("message") is { Length: > 0 } message && !said.Contains(message, StringComparison.Ordinal) && !IsEcho(message, said))
            .Select(w => $"{w.Text("reason")}: {SecretText.Hide(w.Text("message")!)}").Distinct().TakeLast(EventsShown).ToList();
        return news.Count == 0 ? "" : "; events: " + string.Join("; ", news);
    }

    /// <summary><c>Error: ImagePullBackOff</c> beside the same word.</summary>
    private static bool IsEcho(string message, string said) =>
        message.StartsWith("Error: ", StringComparison.Ordinal) && said.Contains(message["Error: ".Length..], StringComparison.Ordinal);

    private static async Task<string?> FailedCreateAsync(Cluster cluster, KubeObject live, DateTimeOffset since, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // Only what was said since the operation began, and lately.
        var last = (await WarningsAsync(cluster, live, cancellationToken)).LastOrDefault(
            w => w.Text("reason") == "FailedCreate" && w.Time("lastTimestamp") >= since);
        return last.ValueKind == JsonValueKind.Undefined || now - last.Time("lastTimestamp") > TimeSpan.FromMinutes(2) ? null : last.Text("message");
    }

    private static async Task<List<JsonElement>> WarningsAsync(Cluster cluster, KubeObject about, CancellationToken cancellationToken)
    {
        try
        {
            var (_, events) = await cluster.Api.ListAsync(KubeResource.Events, about.Namespace, null, $"involvedObject.uid={about.Uid},type=Warning",
                cancellationToken);
            return [.. events.Select(e => e.Root).OrderBy(e => e.Time("lastTimestamp") ?? e.Time("eventTime") ?? default)];
        }
        catch (Exception e) when (e is KubeException or ClusterUnreachableException)
        {
            // The cause is known without them.
            return [];
        }
    }

    private static JsonElement[] Containers(JsonElement root, params string[] path) => root.Items([.. path, "containers"]);
}
