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

    /// <summary>The number of a Deployment's rollout, on it and on its ReplicaSets.</summary>
    public const string Revision = "deployment.kubernetes.io/revision";

    public static readonly IReadOnlyList<string> Kinds = ["Deployment", "StatefulSet", "DaemonSet"];

    public static KubeResource ResourceOf(string kind) => kind switch
    {
        "StatefulSet" => KubeResource.StatefulSets,
        "DaemonSet" => KubeResource.DaemonSets,
        _ => KubeResource.Deployments
    };

    /// <summary>The target as the API server has it now; refuses with the names that exist.</summary>
    public static async Task<KubeObject> ReadAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var resource = ResourceOf(request.Workload.Kind);
        var live = await cluster.Api.FindAsync(resource, request.Namespace, request.Workload.Name, cancellationToken)
            ?? throw await MissingAsync(cluster, resource, request, cancellationToken);
        cluster.Learn(resource, live);
        ContainerOf(live, request);
        return live;
    }

    public static async Task<TargetRejectedException> MissingAsync(Cluster cluster, KubeResource resource, DeployOperationRequest request,
        CancellationToken cancellationToken)
    {
        var (_, others) = await cluster.Api.ListAsync(resource, request.Namespace, null, null, cancellationToken);
        var known = others.Count == 0 ? "there is none in this namespace"
            : "known: " + string.Join(", ", others.Select(o => o.Name).Order(StringComparer.Ordinal).Take(100));
        // A blue-green whose old workload was deleted while it was kept.
        var second = others.FirstOrDefault(o => SecondWorkload.IsNamedFor(o, request.Workload.Name)) is { } serves
            ? $"; its second workload '{serves.Name}' still runs '{serves.Root.Items("spec", "template", "spec", "containers").FirstOrDefault().Text("image")}': make '{request.Workload.Name}' anew, and it is taken away once that serves"
            : "";
        return new TargetRejectedException("workload.name", TargetRejectedException.WorkloadNotFound,
            $"{resource.Kind} '{request.Workload.Name}' does not exist in namespace '{request.Namespace}'; {known}{second}");
    }

    /// <summary>The name of the container that gets the image.</summary>
    public static string ContainerOf(KubeObject live, DeployOperationRequest request)
    {
        var names = live.Root.Items("spec", "template", "spec", "containers").Select(c => c.Text("name")!).ToList();
        if (request.Workload.Container is { Length: > 0 } wanted)
        {
            return names.Contains(wanted)
                ? wanted
                : throw new TargetRejectedException("workload.container", "ContainerNotFound",
                    $"container '{wanted}' does not exist; known: {string.Join(", ", names)}");
        }
        return names.Count == 1
            ? names[0]
            : throw new TargetRejectedException("workload.container", "ContainerNotNamed",
                $"the workload has several containers; name one of {string.Join(", ", names)}");
    }

    public static string? ImageOf(KubeObject live, string container) =>
        live.Root.Items("spec", "template", "spec", "containers").FirstOrDefault(c => c.Text("name") == container) is { ValueKind: JsonValueKind.Object } found
            ? found.Text("image") : null;

    public static Inspection Inspect(KubeObject live, DeployOperationRequest request, JsonElement? traffic = null)
    {
        var container = ContainerOf(live, request);
        if (live.Root.Flag("spec", "paused") && live.Annotation(Stamps.State) != Stamps.Held)
            throw new TargetRejectedException("workload.name", "WorkloadPaused",
                $"{request.Workload.Kind} '{request.Workload.Name}' is paused by somebody else; nothing would roll out");
        if (live.Root.Text("spec", "updateStrategy", "type") == "OnDelete")
            throw new TargetRejectedException("workload.name", "OnDelete",
                $"{request.Workload.Kind} '{request.Workload.Name}' has the update strategy OnDelete: nothing would roll out until somebody deletes its pods; set RollingUpdate");
        if (OwnerInTheWay(live, container, request) is { } owner)
        {
            throw new TargetRejectedException("workload.name", "FieldConflict",
                $"the image of container '{container}' is applied by '{owner}', which would set it back; deploy through it, or send strategy.{TakeOverSetting}: true");
        }
        var image = ImageOf(live, container);
        var snapshot = new WorkloadSnapshot
        {
            Template = live.Root.At("spec", "template") ?? default,
            Replicas = live.Root.Number("spec", "replicas"),
            Image = image,
            Uid = live.Uid,
            Generation = live.Generation,
            Revision = live.Annotation(Revision),
            Stamp = live.Annotation(Stamps.Operation),
            UpdateStrategy = live.Root.At("spec", "strategy"),
            Traffic = traffic
        };
        return new Inspection(Json.ToElement(snapshot),
            image == request.Image ? [] : [new DeployPreflightChange { Container = container, From = image, To = request.Image }]);
    }

    /// <inheritdoc cref="IDeployStrategy.Before" />
    public static DeployPrevious Before(JsonElement previous, DeployOperationRequest request)
    {
        var snapshot = previous.Deserialize<WorkloadSnapshot>(Json.Options)!;
        return new DeployPrevious { Image = snapshot.Image, Revision = snapshot.Revision, Unchanged = Hands.Same(snapshot.Image, request.Image) };
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

    /// <summary>Sends the write of the image as a dry run; throws what the API server has against it.</summary>
    public static async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken) =>
        await WriteImageAsync(cluster, await ReadAsync(cluster, request, cancellationToken), request, [], dryRun: true, cancellationToken);

    /// <summary>
    /// By server-side apply, so that others see whose field it is. An object that has two entries with one key, an environment
    /// variable or a port twice, cannot be merged so; a JSON patch changes the image all the same.
    /// </summary>
    private static async Task<KubeObject> WriteImageAsync(Cluster cluster, KubeObject live, DeployOperationRequest request, Dictionary<string, string> stamps,
        bool dryRun, CancellationToken cancellationToken)
    {
        var resource = ResourceOf(request.Workload.Kind);
        try
        {
            return await cluster.Api.ApplyAsync(resource, request.Namespace, live.Name, Part(live, request, stamps, withVersion: !dryRun), force: true, dryRun,
                cancellationToken);
        }
        catch (KubeException unable) when (unable.Unmergeable)
        {
            var edits = new List<JsonEdit> { ImageEdit(live, request) };
            if (!dryRun)
                edits.Insert(0, JsonEdit.Unchanged(live));
            if (live.Annotation(Stamps.State) == Stamps.Held)
                edits.Add(new("add", "/spec/paused", false));
            return await cluster.Api.EditAsync(resource, request.Namespace, live.Name, [.. edits, .. StampEdits(live, stamps)], cancellationToken, dryRun);
        }
    }

    public static JsonEdit ImageEdit(KubeObject live, DeployOperationRequest request) => ImageEdit(live, ContainerOf(live, request), request.Image);

    /// <summary>Puts the image on the workload unless it is there already; answers the object as it is afterwards.</summary>
    public static async Task<KubeObject> EnsureImageAsync(OperationContext operation, KubeObject live, CancellationToken cancellationToken)
    {
        var (record, request) = (operation.Record, operation.Request);
        if (live.IsOf(record))
            return live;
        var resource = ResourceOf(request.Workload.Kind);
        var container = ContainerOf(live, request);
        if (OwnerInTheWay(live, container, request) is { } owner)
            throw new TargetRejectedException("workload.name", "FieldConflict",
                $"the image of container '{container}' is applied by '{owner}', which would set it back");
        try
        {
            var written = await WriteImageAsync(operation.Cluster, live, request, Stamps.Of(record, live, operation.Previous<WorkloadSnapshot>().Image),
                dryRun: false, cancellationToken);
            operation.Learn(resource, written);
            operation.SawImage();
            return written;
        }
        catch (KubeException changed) when (changed.Conflict)
        {
            await operation.RereadAsync(resource, live.Name, cancellationToken);
            throw new ConcurrentChangeException(changed.Message);
        }
    }

    /// <summary>Judges a rollout that is not ours: by its end alone.</summary>
    public static Progress Judge(KubeObject live)
    {
        var verdict = RolloutStatus.Of(live);
        return verdict.Done ? Progress.Done("RolledOut", verdict.Message, verdict.Replicas) : Progress.Running("RollingOut", verdict.Message, verdict.Replicas);
    }

    /// <summary>Judges the rollout of a workload whose template is already the wanted one.</summary>
    public static async Task<Progress> JudgeAsync(OperationContext operation, KubeObject live, CancellationToken cancellationToken)
    {
        var verdict = RolloutStatus.Of(live);
        var resource = ResourceOf(live.Root.Text("kind") ?? operation.Request.Workload.Kind);
        if (verdict.Done)
            return await CheckDigestAsync(operation, resource, live, verdict, cancellationToken)
                ?? Progress.Done(verdict.DoneAs, verdict.Message, verdict.Replicas);
        if (!verdict.Observed)
            return Progress.Running("WaitingForController", verdict.Message, verdict.Replicas);
        if (live.Root.Flag("spec", "paused") && live.Annotation(Stamps.State) != Stamps.Held)
            return Progress.Running("WorkloadPaused", "somebody has paused the rollout; `kubectl rollout resume` lets it go on", verdict.Replicas);
        var cause = await FailureCauses.FindAsync(operation.Cluster, resource, live, operation.Rules, operation.Record.StartedAt, operation.Now,
            cancellationToken);
        if (cause is { MayPass: false })
            return Progress.Failed(cause.Reason, cause.Message, verdict.Replicas);
        var late = cause?.Message ?? await FailureCauses.LateAsync(operation.Cluster, resource, live, cancellationToken);
        var message = late is null ? verdict.Message : $"{verdict.Message}; {late}";
        return verdict.FailedBy is { } reason
            ? Progress.Failed(reason, message, verdict.Replicas)
            : Progress.Running(cause?.Reason ?? "RollingOut", message, verdict.Replicas);
    }

    /// <summary>Where the template names a digest, rolled out means that the new pods run it; null when they do.</summary>
    private static async Task<Progress?> CheckDigestAsync(OperationContext operation, KubeResource resource, KubeObject live, RolloutVerdict verdict,
        CancellationToken cancellationToken)
    {
        var container = ContainerOf(live, operation.Request);
        var asked = operation.Record.Status.Intent == OperationIntent.Deploy ? RunningImage.DigestOf(operation.Request.Image) : null;
        if ((asked ?? RunningImage.DigestOf(ImageOf(live, container))) is not { } digest)
            return null;
        var pods = await FailureCauses.NewPodsAsync(operation.Cluster, resource, live, cancellationToken);
        foreach (var pod in pods)
            if (RunningImage.InsteadOf(digest, pod, container) is { } other)
                return Progress.Failed("DigestMismatch",
                    $"pod {pod.Name}, container {container} runs '{other}' and not {digest}; does an admission webhook change images?", verdict.Replicas);
        // The workload's status may be ahead of our watch of its pods. The pods of a DaemonSet are told by their images, so a
        // changed one is not among them and waiting would not bring it.
        return pods.Count < verdict.Replicas.Updated && resource != KubeResource.DaemonSets
            ? Progress.Running("VerifyingImage", $"{pods.Count} of {verdict.Replicas.Updated} new pods are known to run {digest}",
                verdict.Replicas) with
            { LookAgain = TimeSpan.FromSeconds(1) }
            : null;
    }

    /// <summary>
    /// Takes back what this operation has written, the image and whatever <paramref name="more"/> says, and waits until it is rolled out.
    /// What it never wrote, or somebody else has written since, stays and is told.
    /// </summary>
    public static async Task<Progress> RestoreAsync(OperationContext operation, KubeObject live, CancellationToken cancellationToken,
        params IReadOnlyList<JsonEdit> more)
    {
        var (record, snapshot) = (operation.Record, operation.Previous<WorkloadSnapshot>());
        if (!operation.RollsBack && Hands.Anew(operation, live) is { } anew)
        {
            await ConfirmAsync(operation, live, cancellationToken);
            return Progress.Failed(Hands.ChangedByOthers, $"{anew}; it is left as it is");
        }
        var container = ContainerOf(live, operation.Request);
        var image = ImageOf(live, container);
        var returned = live.IsOf(record) && live.Annotation(Stamps.State) == Stamps.Returned;
        var edits = new List<JsonEdit>();
        string? hand = null;
        if (returned)
        {
            hand = Hands.Same(image, snapshot.Image) || Hands.IsOurs(operation, live, container) ? null : Hands.Told(operation, live, container);
        }
        else if (!Hands.Same(image, snapshot.Image) || image != snapshot.Image && Hands.Same(image, operation.Request.Image))
        {
            // Without our stamp only what we asked for counts as ours; with the stamp of a strategy that has not come to it yet, nothing does.
            var written = Hands.HasOurImage(operation, live) || operation.RollsBack || !live.IsOf(record) && Hands.Same(image, operation.Request.Image);
            if (written && Hands.IsOurs(operation, live, container))
                edits.Add(ImageEdit(live, container, snapshot.Image!));
            else
                hand = Hands.Told(operation, live, container);
        }
        if (live.Root.Flag("spec", "paused") && live.IsOf(record) && live.Annotation(Stamps.State) == Stamps.Held)
            edits.Add(new("replace", "/spec/paused", false));
        edits.AddRange(more);
        // That there is nothing of ours to take back is believed of the object as it is now, not of a watch that may lag behind another replica's write.
        if (hand is not null || edits.Count == 0 && !returned)
            await ConfirmAsync(operation, live, cancellationToken);
        var untouched = edits.Count == 0 && !live.IsOf(record) && hand is null;
        // Also where there is nothing to take back: a write of this operation that is still under way is then refused.
        if (edits.Count > 0 || live.IsOf(record) && !returned || untouched)
            live = await EditAsync(operation, ResourceOf(operation.Request.Workload.Kind), live,
                [JsonEdit.Unchanged(live), .. edits, .. StampEdits(live, Stamps.Of(record, live, image, Stamps.Returned))], cancellationToken);
        if (untouched)
            return Progress.Done("Returned",
                operation.HasSeenImage ? "somebody has set the old image back already" : "the workload was not changed by this operation");
        if (hand is not null)
            return Progress.Failed(Hands.ChangedByOthers, $"{hand}; it is left as it is");
        var progress = await JudgeAsync(operation, live, cancellationToken);
        var kept = Hands.HasTemplate(operation, live) ? "" : "; what others have changed of the pod template since then is kept";
        return progress.Outcome switch
        {
            Outcome.Running => progress with { Reason = "Returning" },
            Outcome.Done => progress with { Reason = "Returned", Message = ReturnedTo(operation, progress.Message! + kept) },
            _ => progress
        };
    }

    /// <summary>What runs after a return, and how that is seen.</summary>
    public static string ReturnedTo(OperationContext operation, string how) => $"returned to {operation.Previous<WorkloadSnapshot>().Image}: {how}";

    public static JsonEdit ImageEdit(KubeObject live, string container, string image)
    {
        var index = Array.FindIndex(live.Root.Items("spec", "template", "spec", "containers"), c => c.Text("name") == container);
        return new("replace", $"/spec/template/spec/containers/{index}/image", image);
    }

    public static async Task<KubeObject> EditAsync(OperationContext operation, KubeResource resource, KubeObject live, IReadOnlyList<JsonEdit> edits,
        CancellationToken cancellationToken)
    {
        try
        {
            var written = await operation.Cluster.Api.EditAsync(resource, operation.Namespace, live.Name, edits, cancellationToken);
            operation.Learn(resource, written);
            return written;
        }
        catch (KubeException changed) when (changed.Conflict || changed.NotFound || changed.Invalid)
        {
            // A patch that takes away what another replica has taken away already is invalid before its version is looked at.
            if ((await operation.RereadAsync(resource, live.Name, cancellationToken))?.ResourceVersion == live.ResourceVersion && !changed.Conflict)
                throw;
            throw new ConcurrentChangeException(changed.Message);
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

    /// <summary>Halts a Deployment where it is; null when there is nothing of ours to halt.</summary>
    public static async Task<Progress?> HoldAsync(OperationContext operation, KubeObject live, CancellationToken cancellationToken,
        params IReadOnlyList<JsonEdit> more)
    {
        if (operation.Request.Workload.Kind != "Deployment")
            return null;
        if (await live.LaterThanAsync(operation, cancellationToken) is { } later)
            return Progress.Superseded(later);
        if (!Hands.HasOurImage(operation, live))
            return null;
        if (await Hands.FindAsync(operation, live, cancellationToken) is { } hand)
            return Progress.Failed(Hands.ChangedByOthers, $"{hand}; it is left as it is");
        if (live.Annotation(Stamps.State) != Stamps.Held)
            live = await EditAsync(operation, KubeResource.Deployments, live,
                [JsonEdit.Unchanged(live), new("add", "/spec/paused", true), .. more,
                    .. StampEdits(live, Stamps.Of(operation.Record, live, operation.Previous<WorkloadSnapshot>().Image, Stamps.Held))], cancellationToken);
        var verdict = RolloutStatus.Of(live);
        return Progress.Done("Held", $"the rollout is paused where it was: {verdict.Replicas.Updated} of {verdict.Replicas.Desired} pods updated",
            verdict.Replicas);
    }

    /// <summary>
    /// Makes sure that the object is not an older one than the API server has: the watches of workloads and of their ReplicaSets are not in
    /// step, and another replica may have written meanwhile. What is told of people, and cannot be taken back, rests on the present object.
    /// </summary>
    /// <exception cref="ConcurrentChangeException">It has changed, and is known now.</exception>
    public static async Task ConfirmAsync(OperationContext operation, KubeObject live, CancellationToken cancellationToken)
    {
        var resource = ResourceOf(live.Root.Text("kind") ?? operation.Request.Workload.Kind);
        if (await operation.RereadAsync(resource, live.Name, cancellationToken) is { } now && now.ResourceVersion != live.ResourceVersion)
            throw new ConcurrentChangeException($"{resource.Kind} '{live.Name}' has changed since it was last seen");
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

    /// <summary>Whether that manager has written the image; in a custom object without a list type, all containers are one field.</summary>
    public static bool Owns(JsonElement entry, string container) =>
        entry.At("fieldsV1", "f:spec", "f:template", "f:spec", "f:containers") is { ValueKind: JsonValueKind.Object } containers
        && (!containers.EnumerateObject().Any() || containers.At($$"""k:{"name":"{{container}}"}""", "f:image") is not null);
}
