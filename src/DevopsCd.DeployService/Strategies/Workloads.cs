using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Strategies;

/// <summary>What the strategies for plain workloads share: reading one, writing our part of it, judging its rollout, restoring it.</summary>
internal static class Workloads
{
    public const string TakeOverSetting = "takeOver";

    public static readonly IReadOnlyList<string> Kinds = ["Deployment", "StatefulSet", "DaemonSet"];

    public static KubeResource ResourceOf(string kind) => kind switch
    {
        "StatefulSet" => KubeResource.StatefulSets,
        "DaemonSet" => KubeResource.DaemonSets,
        _ => KubeResource.Deployments
    };

    /// <summary>The target as the API server has it now; refuses with the names that exist.</summary>
    public static async Task<KubeObject> ReadAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var resource = ResourceOf(request.Workload.Kind);
        var live = await cluster.Api.FindAsync(resource, request.Namespace, request.Workload.Name, stop)
            ?? throw await MissingAsync(cluster, resource, request, stop);
        ContainerOf(live, request);
        return live;
    }

    public static async Task<Refused> MissingAsync(Cluster cluster, KubeResource resource, DeployOperationRequest request, CancellationToken stop)
    {
        var (_, others) = await cluster.Api.ListAsync(resource, request.Namespace, null, null, stop);
        var known = others.Count == 0 ? "there is none in this namespace" : "known: " + string.Join(", ", others.Select(o => o.Name).Order(StringComparer.Ordinal).Take(100));
        return new Refused("workload.name", "WorkloadNotFound", $"{resource.Kind} '{request.Workload.Name}' does not exist in namespace '{request.Namespace}'; {known}");
    }

    /// <summary>The name of the container that gets the image.</summary>
    public static string ContainerOf(KubeObject live, DeployOperationRequest request)
    {
        var names = live.Root.Items("spec", "template", "spec", "containers").Select(c => c.Text("name")!).ToList();
        if (request.Workload.Container is { Length: > 0 } wanted)
        {
            return names.Contains(wanted)
                ? wanted
                : throw new Refused("workload.container", "ContainerNotFound", $"container '{wanted}' does not exist; known: {string.Join(", ", names)}");
        }
        return names.Count == 1
            ? names[0]
            : throw new Refused("workload.container", "ContainerNotNamed", $"the workload has several containers; name one of {string.Join(", ", names)}");
    }

    public static string? ImageOf(KubeObject live, string container) =>
        live.Root.Items("spec", "template", "spec", "containers").FirstOrDefault(c => c.Text("name") == container) is { ValueKind: JsonValueKind.Object } found ? found.Text("image") : null;

    public static Inspection Inspect(KubeObject live, DeployOperationRequest request, JsonElement? traffic = null)
    {
        var container = ContainerOf(live, request);
        if (live.Root.Flag("spec", "paused") && live.Annotation(Stamps.State) != Stamps.Held)
            throw new Refused("workload.name", "WorkloadPaused", $"{request.Workload.Kind} '{request.Workload.Name}' is paused by somebody else; nothing would roll out");
        if (OwnerInTheWay(live, container, request) is { } owner)
        {
            throw new Refused("workload.name", "FieldConflict",
                $"the image of container '{container}' is applied by '{owner}', which would set it back; deploy through it, or send strategy.{TakeOverSetting}: true");
        }
        var image = ImageOf(live, container);
        var snapshot = new WorkloadSnapshot
        {
            Template = live.Root.At("spec", "template") ?? default,
            Replicas = live.Root.Number("spec", "replicas"),
            Image = image,
            UpdateStrategy = live.Root.At("spec", "strategy"),
            Traffic = traffic
        };
        return new Inspection(Json.ToElement(snapshot),
            image == request.Image ? [] : [new DeployPreflightChange { Container = container, From = image, To = request.Image }]);
    }

    /// <summary>Our part of the workload: the image, and who put it there. Carries the version read, so nobody's later change is lost.</summary>
    public static object Part(KubeObject live, DeployOperationRequest request, Dictionary<string, string> stamps, bool withVersion = true)
    {
        var container = ContainerOf(live, request);
        var containers = new List<object> { new { name = container, image = request.Image } };
        // Another container whose image is ours from an earlier operation has to be in every apply, or its image is taken away.
        foreach (var other in OwnedImages(live).Where(c => c != container))
            if (ImageOf(live, other) is { } image)
                containers.Add(new { name = other, image });
        return new
        {
            apiVersion = live.Root.Text("apiVersion") ?? "apps/v1",
            kind = request.Workload.Kind,
            metadata = new { name = live.Name, @namespace = live.Namespace, annotations = stamps, resourceVersion = withVersion ? live.ResourceVersion : null },
            spec = new
            {
                paused = live.Annotation(Stamps.State) == Stamps.Held ? false : (bool?)null,
                template = new { spec = new { containers } }
            }
        };
    }

    /// <summary>Puts the image on the workload unless it is there already; answers the object as it is afterwards.</summary>
    public static async Task<KubeObject> EnsureImageAsync(OperationContext operation, KubeObject live, CancellationToken stop)
    {
        var (record, request) = (operation.Record, operation.Request);
        if (live.IsOf(record))
            return live;
        var resource = ResourceOf(request.Workload.Kind);
        var container = ContainerOf(live, request);
        if (OwnerInTheWay(live, container, request) is { } owner)
            throw new Refused("workload.name", "FieldConflict", $"the image of container '{container}' is applied by '{owner}', which would set it back");
        try
        {
            var written = await operation.Cluster.Api.ApplyAsync(resource, operation.Namespace, live.Name,
                Part(live, request, Stamps.Of(record, operation.Previous<WorkloadSnapshot>().Image)), force: true, dryRun: false, stop);
            operation.Cluster.Learn(resource, written);
            return written;
        }
        catch (KubeException changed) when (changed.Conflict)
        {
            await RereadAsync(operation.Cluster, resource, operation.Namespace, live.Name, stop);
            throw new Again(changed.Message);
        }
    }

    /// <summary>Judges the rollout of a workload whose template is already the wanted one.</summary>
    public static async Task<Progress> JudgeAsync(OperationContext operation, KubeObject live, CancellationToken stop)
    {
        var verdict = RolloutStatus.Of(live);
        var resource = ResourceOf(live.Root.Text("kind") ?? operation.Request.Workload.Kind);
        if (verdict.Done)
            return await CheckDigestAsync(operation, resource, live, verdict, stop) ?? Progress.Done("RolledOut", verdict.Message, verdict.Replicas);
        if (!verdict.Observed)
            return Progress.Running("WaitingForController", verdict.Message, verdict.Replicas);
        if (await FailureCauses.FindAsync(operation.Cluster, resource, live, operation.Rules, operation.Now, stop) is { } cause)
            return Progress.Failed(cause.Reason, cause.Message, verdict.Replicas);
        return verdict.FailedBy is { } reason
            ? Progress.Failed(reason, verdict.Message, verdict.Replicas)
            : Progress.Running("RollingOut", verdict.Message, verdict.Replicas);
    }

    /// <summary>Where the template names a digest, rolled out means that the new pods run it; null when they do.</summary>
    private static async Task<Progress?> CheckDigestAsync(OperationContext operation, KubeResource resource, KubeObject live, RolloutVerdict verdict, CancellationToken stop)
    {
        var container = ContainerOf(live, operation.Request);
        if (RunningImage.DigestOf(ImageOf(live, container)) is not { } digest)
            return null;
        var pods = await FailureCauses.NewPodsAsync(operation.Cluster, resource, live, stop);
        foreach (var pod in pods)
            if (RunningImage.InsteadOf(digest, pod, container) is { } other)
                return Progress.Failed("DigestMismatch", $"pod {pod.Name}, container {container} runs '{other}' and not {digest}; does an admission webhook change images?", verdict.Replicas);
        // The workload's status may be ahead of our watch of its pods. The pods of a DaemonSet are told by their images, so a
        // changed one is not among them and waiting would not bring it.
        return pods.Count < verdict.Replicas.Updated && resource != KubeResource.DaemonSets
            ? Progress.Running("VerifyingImage", $"{pods.Count} of {verdict.Replicas.Updated} new pods are known to run {digest}", verdict.Replicas) with { LookAgain = TimeSpan.FromSeconds(1) }
            : null;
    }

    /// <summary>Puts the recorded template back, exactly, and waits until it is rolled out.</summary>
    public static async Task<Progress> RestoreAsync(OperationContext operation, KubeObject live, CancellationToken stop, params IReadOnlyList<JsonEdit> more)
    {
        var record = operation.Record;
        var snapshot = operation.Previous<WorkloadSnapshot>();
        var resource = ResourceOf(operation.Request.Workload.Kind);
        var template = live.Root.At("spec", "template") ?? default;
        if (!live.IsOf(record) || live.Annotation(Stamps.State) != Stamps.Returned || more.Count > 0 || !JsonElement.DeepEquals(template, snapshot.Template))
        {
            var edits = new List<JsonEdit> { JsonEdit.Unchanged(live) };
            if (!JsonElement.DeepEquals(template, snapshot.Template))
                edits.Add(new("replace", "/spec/template", snapshot.Template));
            if (live.Root.Flag("spec", "paused"))
                edits.Add(new("replace", "/spec/paused", false));
            edits.AddRange(more);
            edits.AddRange(StampEdits(live, Stamps.Of(record, ImageOf(live, ContainerOf(live, operation.Request)), Stamps.Returned)));
            live = await EditAsync(operation, resource, live, edits, stop);
        }
        var progress = await JudgeAsync(operation, live, stop);
        return progress.Outcome == Outcome.Running ? progress with { Reason = "Returning" } : progress;
    }

    public static async Task<KubeObject> EditAsync(OperationContext operation, KubeResource resource, KubeObject live, IReadOnlyList<JsonEdit> edits, CancellationToken stop)
    {
        try
        {
            var written = await operation.Cluster.Api.EditAsync(resource, operation.Namespace, live.Name, edits, stop);
            operation.Cluster.Learn(resource, written);
            return written;
        }
        catch (KubeException changed) when (changed.Conflict)
        {
            await RereadAsync(operation.Cluster, resource, operation.Namespace, live.Name, stop);
            throw new Again(changed.Message);
        }
    }

    public static IEnumerable<JsonEdit> StampEdits(KubeObject live, Dictionary<string, string> stamps)
    {
        if (live.Root.At("metadata", "annotations") is null)
        {
            yield return new("add", "/metadata/annotations", stamps);
            yield break;
        }
        foreach (var (name, value) in stamps)
            yield return new("add", "/metadata/annotations/" + JsonEdit.Escape(name), value);
    }

    /// <summary>Halts a Deployment where it is.</summary>
    public static async Task<Progress?> HoldAsync(OperationContext operation, KubeObject live, CancellationToken stop)
    {
        if (operation.Request.Workload.Kind != "Deployment")
            return null;
        if (live.LaterThan(operation.Record) is { } later)
            return Progress.Superseded(later);
        if (live.Annotation(Stamps.State) != Stamps.Held)
            live = await EditAsync(operation, KubeResource.Deployments, live,
                [JsonEdit.Unchanged(live), new("add", "/spec/paused", true), .. StampEdits(live, Stamps.Of(operation.Record, operation.Previous<WorkloadSnapshot>().Image, Stamps.Held))], stop);
        var verdict = RolloutStatus.Of(live);
        return Progress.Done("Held", $"the rollout is paused where it was: {verdict.Replicas.Updated} of {verdict.Replicas.Desired} pods updated", verdict.Replicas);
    }

    /// <summary>Brings the watch up to date after a write was refused because it had lagged behind.</summary>
    public static async Task RereadAsync(Cluster cluster, KubeResource resource, string ns, string name, CancellationToken stop)
    {
        if (await cluster.Api.FindAsync(resource, ns, name, stop) is { } fresh)
            cluster.Learn(resource, fresh);
    }

    /// <summary>Whoever applies the image declaratively and would set it back; somebody who once wrote it by hand is no obstacle.</summary>
    private static string? OwnerInTheWay(KubeObject live, string container, DeployOperationRequest request)
    {
        if (request.Strategy?.Settings?.TryGetValue(TakeOverSetting, out var takeOver) is true && takeOver.ValueKind == JsonValueKind.True)
            return null;
        if (ImageOf(live, container) == request.Image)
            return null;
        foreach (var entry in live.Root.Items("metadata", "managedFields"))
            if (entry.Text("operation") == "Apply" && entry.Text("manager") is { } manager && manager != KubeApi.FieldManager && Owns(entry, container))
                return manager;
        return null;
    }

    private static IEnumerable<string> OwnedImages(KubeObject live) =>
        from entry in live.Root.Items("metadata", "managedFields")
        where entry.Text("manager") == KubeApi.FieldManager && entry.Text("operation") == "Apply"
        from container in live.Root.Items("spec", "template", "spec", "containers")
        let name = container.Text("name")!
        where Owns(entry, name)
        select name;

    private static bool Owns(JsonElement entry, string container) =>
        entry.At("fieldsV1", "f:spec", "f:template", "f:spec", "f:containers", $$"""k:{"name":"{{container}}"}""", "f:image") is not null;
}
