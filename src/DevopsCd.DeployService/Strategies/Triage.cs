using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// Says at the moment an operation fails what kind of failure it is, with what is there to be seen: afterwards pods are replaced, events expire
/// and logs are gone. What cannot be looked at is left out; it never keeps an operation from ending.
/// </summary>
internal sealed class Triage(Clusters clusters, ILogger<Triage> log)
{
    private const int MostEvents = 5;
    private const int MostLines = 15;
    private const int LongestLine = 300;
    private const int LongestMessage = 1000;
    private const int MostLogBytes = 16 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>What a kubelet, a scheduler or a node's controller writes into a pod that it has ended.</summary>
    private static readonly HashSet<string> s_ended =
        ["Evicted", "NodeLost", "NodeShutdown", "Shutdown", "Terminated", "Preempting", "UnexpectedAdmissionError", "NodeAffinity", "OutOfcpu", "OutOfmemory",
            "OutOfpods"];

    private static readonly HashSet<string> s_lost =
        ["NodeNotReady", "TaintManagerEviction", "Evicted", "Preempted", "NodeShutdown", "NodeLost", "FailedKillPod"];

    /// <summary>What keeps a container from being started and is not the application's.</summary>
    private static readonly HashSet<string> s_node = ["FailedCreatePodSandBox", "NetworkNotReady", "FailedAttachVolume", "FailedPodSandBoxStatus"];

    private static readonly HashSet<string> s_pulling = ["ErrImagePull", "ImagePullBackOff"];

    /// <summary>The cause of a failure.</summary>
    /// <param name="record">The operation, under way until now.</param>
    /// <param name="reason">Why it fails.</param>
    /// <param name="message">The same for people.</param>
    /// <param name="before">The reason of the last step before, which tells what an operation without time was waiting for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<DeployCause> OfAsync(OperationRecord record, string reason, string message, string? before, CancellationToken cancellationToken)
    {
        var cause = new DeployCause
        {
            Class = CauseClass.OfRefusal(reason, message) ?? CauseClass.OfReason(reason == Endings.DeadlineExceeded ? before : reason, message),
            Reason = reason,
            Message = Short(SecretText.Hide(message), LongestMessage)
        };
        // Who does not answer is not asked.
        if (reason == "ClusterUnreachable" || before == "ClusterUnreachable" || !clusters.TryGet(record.Request.Cluster, out var cluster))
            return cause;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        try
        {
            var pod = await PodAsync(cluster, record, message, limit.Token);
            var events = await EventsAsync(cluster, record, pod, limit.Token);
            cause = cause with { Events = [.. events.TakeLast(MostEvents).Select(e => Shown(e, pod)).OfType<DeployCauseEvent>()] };
            if (pod is null)
                return cause;
            // What the API server has refused is no pod's fault, though pods of before may stand there.
            if (CauseClass.OfRefusal(reason, message) is null)
                cause = Judge(cause, pod, events, message);
            if (cause.Container is { } container && HasRun(pod, container))
                cause = cause with { LastLines = await LinesAsync(cluster, pod, container, limit.Token) };
        }
        catch (Exception unseen) when (unseen is KubeException or ClusterUnreachableException or TimeoutException
            || unseen is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            log.Unseen(record.Id, unseen.Message);
        }
        return cause;
    }

    /// <summary>
    /// The pod that is to blame: the one that the message names, one that its node has ended, or the newest that does not serve; null when all serve.
    /// </summary>
    private static async Task<KubeObject?> PodAsync(Cluster cluster, OperationRecord record, string message, CancellationToken cancellationToken)
    {
        var pods = await PodsAsync(cluster, record.Request, cancellationToken);
        return pods.Where(p => IsNamed(p) || IsEnded(p) || p.Root.Condition("Ready")?.Text("status") != "True")
            .OrderByDescending(IsNamed)
            // An eviction of last week says nothing of this rollout.
            .ThenByDescending(p => IsEnded(p) && p.Created >= record.StartedAt.AddSeconds(-1))
            .ThenByDescending(p => !IsEnded(p))
            .ThenByDescending(p => p.Created)
            .FirstOrDefault(p => IsNamed(p) || !IsEnded(p) || p.Created >= record.StartedAt.AddSeconds(-1));

        bool IsNamed(KubeObject pod) => message.Contains($"pod {pod.Name} ", StringComparison.Ordinal)
            || message.Contains($"pod {pod.Name},", StringComparison.Ordinal) || message.Contains($"pod {pod.Name};", StringComparison.Ordinal);
    }

    /// <summary>The pods of the operation's own workloads; of kinds that have none in the cluster, none.</summary>
    private static async Task<List<KubeObject>> PodsAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var (ns, name) = (request.Namespace, request.Workload.Name);
        if (request.Workload.Kind == "Rollout")
            return await cluster.SeenAsync(KubeResource.Rollouts, ns, name, cancellationToken) is { } rollout
                ? await FailureCauses.NewestPodsAsync(cluster, rollout, cancellationToken)
                : [];
        if (!Workloads.Kinds.Contains(request.Workload.Kind))
            return [];
        var found = new List<KubeObject>();
        var resource = Workloads.ResourceOf(request.Workload.Kind);
        var names = resource == KubeResource.Deployments
            ? [SecondWorkload.NameOf(name, CanaryStrategy.Track), SecondWorkload.NameOf(name, BlueGreenStrategy.Track), name]
            : new[] { name };
        foreach (var workload in names)
            if (await cluster.SeenAsync(resource, ns, workload, cancellationToken) is { } live)
                found.AddRange(await FailureCauses.NewPodsAsync(cluster, resource, live, cancellationToken, withEnded: true));
        // A StatefulSet may wait for a pod of an earlier revision.
        if (resource != KubeResource.Deployments && await cluster.SeenAsync(resource, ns, name, cancellationToken) is { } set)
            found.AddRange((await cluster.WatchAsync(KubeResource.Pods, ns, cancellationToken)).ControlledBy(set.Uid).Except(found));
        return found;
    }

    /// <summary>What is said of the pod, or where none is to blame of whatever carries the workload's name; oldest first.</summary>
    private static async Task<List<JsonElement>> EventsAsync(Cluster cluster, OperationRecord record, KubeObject? pod, CancellationToken cancellationToken)
    {
        var (request, since) = (record.Request, record.StartedAt.AddSeconds(-1));
        var (_, events) = await cluster.Api.ListAsync(KubeResource.Events, request.Namespace, null,
            pod is null ? "type=Warning" : $"involvedObject.uid={pod.Uid}", cancellationToken);
        return [.. events.Select(e => e.Root)
            .Where(e => pod is not null
                || e.Text("involvedObject", "name")?.StartsWith(request.Workload.Name, StringComparison.Ordinal) is true && At(e) >= since)
            .Where(e => e.Text("type") == "Warning" || s_lost.Contains(e.Text("reason") ?? ""))
            .OrderBy(At)];
    }

    private static DeployCause Judge(DeployCause cause, KubeObject pod, List<JsonElement> events, string message)
    {
        cause = cause with { Pod = pod.Name, Node = pod.Root.Text("spec", "nodeName") };
        var container = FailureCauses.ContainerStatuses(pod).FirstOrDefault(IsStuck);
        if (container.ValueKind == JsonValueKind.Undefined)
            container = FailureCauses.ContainerStatuses(pod).FirstOrDefault(c => !c.Flag("ready") && c.Text("state", "terminated", "exitCode") != "0");
        var (waiting, name) = (container.Text("state", "waiting", "reason"), container.Text("name"));
        if (IsEnded(pod))
            return cause with
            {
                Class = DeployCauseClasses.Infrastructure,
                Reason = pod.Root.Text("status", "reason") ?? cause.Reason,
                Message = Said(pod.Root.Text("status", "message") ?? message)
            };
        if (events.FindLast(e => s_lost.Contains(e.Text("reason") ?? "")) is { ValueKind: JsonValueKind.Object } lost)
            return cause with { Class = DeployCauseClasses.Infrastructure, Reason = lost.Text("reason"), Message = Said(lost.Text("message") ?? message) };
        if (pod.Root.Condition("PodScheduled") is { } scheduled && scheduled.Text("status") == "False")
            return cause with
            {
                Class = CauseClass.OfReason("Unschedulable", scheduled.Text("message") ?? ""),
                Reason = "Unschedulable",
                Message = Said(scheduled.Text("message") ?? message)
            };
        cause = cause with { Container = name };
        if (waiting is not null && s_pulling.Contains(waiting))
        {
            var said = $"{container.Text("state", "waiting", "message")} {events.FindLast(e => IsPull(e)).Text("message")}".Trim();
            return cause with
            {
                Class = CauseClass.OfPull(said, FailureCauses.ImageOf(pod, name)),
                Reason = waiting,
                Message = Said(said.Length > 0 ? said : message)
            };
        }
        var ended = container.At("lastState", "terminated") ?? container.At("state", "terminated");
        if (ended?.Text("reason") == "OOMKilled")
            return cause with { Class = DeployCauseClasses.Resources, Reason = "OOMKilled", Message = Said(FailureCauses.Describe(pod, container)) };
        var unhealthy = events.FindLast(e => e.Text("reason") is "Unhealthy" or "ProbeWarning");
        var restarts = container.Number("restartCount") ?? 0;
        // A container that its kubelet ends because of a probe looks like one that ends by itself.
        if (unhealthy.Text("message") is { } probe
            && (!probe.StartsWith("Readiness", StringComparison.OrdinalIgnoreCase) || container.At("state", "running") is not null))
            return cause with { Class = DeployCauseClasses.Probe, Reason = "Unhealthy", Message = Said(probe) };
        if (waiting == "CrashLoopBackOff" || ended?.Text("exitCode") is not (null or "0") || restarts > 0)
            return cause with
            {
                Class = DeployCauseClasses.Crash,
                Reason = waiting ?? ended?.Text("reason") ?? cause.Reason,
                Message = Said(FailureCauses.Describe(pod, container))
            };
        if (container.At("state", "running") is not null)
            return cause with
            {
                Class = DeployCauseClasses.Probe,
                Reason = "NotReady",
                Message = Said(pod.Root.Condition("Ready")?.Text("message") is { Length: > 0 } why ? why : $"container {name} runs and is not ready")
            };
        if (waiting is not null && CauseClass.OfReason(waiting, "") is var known and not DeployCauseClasses.Unknown)
            return cause with { Class = known, Reason = waiting, Message = Said(FailureCauses.Describe(pod, container)) };
        var hindrance = events.FindLast(e => e.Text("reason") is "FailedMount" || s_node.Contains(e.Text("reason") ?? ""));
        return hindrance.Text("message") is { } kept
            ? cause with
            {
                Class = s_node.Contains(hindrance.Text("reason")!) ? DeployCauseClasses.Infrastructure : DeployCauseClasses.Config,
                Reason = hindrance.Text("reason"),
                Message = Said(kept)
            }
            : cause;

        string Said(string text) => Short(SecretText.Hide(text, SecretsOf(pod)), LongestMessage);
    }

    /// <summary>The end of what the container has written, of the run that has ended where it is between two.</summary>
    private async Task<IReadOnlyList<string>> LinesAsync(Cluster cluster, KubeObject pod, string container, CancellationToken cancellationToken)
    {
        var status = FailureCauses.ContainerStatuses(pod).First(c => c.Text("name") == container);
        var between = status.At("state", "running") is null && status.Number("restartCount") > 0;
        foreach (var previous in between ? [true, false] : new[] { false })
            try
            {
                var text = await cluster.Api.LogAsync(pod.Namespace!, pod.Name, container, previous, MostLines, MostLogBytes, cancellationToken);
                var lines = SecretText.Hide(text, SecretsOf(pod)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(l => Short(PrintableText.Of(l.TrimEnd()), LongestLine)).Where(l => l.Length > 0).TakeLast(MostLines).ToList();
                if (lines.Count > 0)
                    return lines;
            }
            catch (KubeException no)
            {
                // A run whose log is gone, a service account without pods/log, a node that does not answer: the cause is known without it.
                log.Unseen(pod.Name, no.Message);
            }
        return [];
    }

    /// <summary>The values of its environment that are named like secrets: an application that fails likes to print them.</summary>
    private static IEnumerable<string> SecretsOf(KubeObject? pod) => pod is null ? [] : pod.Root.Items("spec", "initContainers")
        .Concat(pod.Root.Items("spec", "containers")).SelectMany(c => c.Items("env"))
        .Where(e => SecretText.IsSecretName(e.Text("name") ?? "")).Select(e => e.Text("value")).OfType<string>();

    private static DeployCauseEvent? Shown(JsonElement said, KubeObject? pod) => said.Text("message") is { Length: > 0 } message
        ? new DeployCauseEvent
        {
            Reason = said.Text("reason") ?? "",
            Message = Short(PrintableText.Of(SecretText.Hide(message, SecretsOf(pod))), LongestLine),
            Count = said.Number("count") ?? 1,
            At = At(said) is var at && at > DateTimeOffset.UnixEpoch ? at : null
        }
        : null;

    private static DateTimeOffset At(JsonElement said) => said.Time("lastTimestamp") ?? said.Time("eventTime") ?? said.Time("firstTimestamp") ?? default;

    private static bool IsPull(JsonElement said) => said.Text("message")?.StartsWith("Failed to pull image", StringComparison.Ordinal) is true;

    private static bool IsEnded(KubeObject pod) => s_ended.Contains(pod.Root.Text("status", "reason") ?? "")
        || pod.Root.Condition("DisruptionTarget")?.Text("status") == "True";

    private static bool IsStuck(JsonElement container) =>
        container.Text("state", "waiting", "reason") is { } reason and not ("ContainerCreating" or "PodInitializing") && reason.Length > 0;

    private static bool HasRun(KubeObject pod, string container) =>
        FailureCauses.ContainerStatuses(pod).FirstOrDefault(c => c.Text("name") == container) is { ValueKind: JsonValueKind.Object } status
            && (status.At("state", "running") is not null || status.At("state", "terminated") is not null || status.Number("restartCount") > 0);

    private static string Short(string text, int longest) => text.Length <= longest ? text : text[..(longest - 1)] + "…";
}
