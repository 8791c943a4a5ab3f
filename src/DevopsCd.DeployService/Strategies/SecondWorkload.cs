using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Strategies;

/// <summary>The Deployment that runs the new version beside the old one, made from the old one's recorded template.</summary>
internal static class SecondWorkload
{
    private const int LabelLength = 63;

    /// <summary>What an earlier version made of the labels, to keep the new pods out of a Service with that selector.</summary>
    public static Dictionary<string, string> Apart(IReadOnlyDictionary<string, string> labels, string track) =>
        labels.ToDictionary(l => l.Key, l => Fit($"{l.Value}-{track}"));

    public static string NameOf(string workload, string track) => $"{workload}-{track}";

    /// <summary>Refuses when the name the second workload needs is that of somebody else's.</summary>
    public static async Task CheckNameAsync(
        Cluster cluster, DeployOperationRequest request, KubeObject stable, string track, Func<string, CancellationToken, Task<OperationRecord?>> findRecord,
            CancellationToken cancellationToken)
    {
        var name = NameOf(request.Workload.Name, track);
        if (await cluster.Api.FindAsync(KubeResource.Deployments, request.Namespace, name, cancellationToken) is { } seen
            && !await IsOursAsync(seen, request, stable.Uid, track, findRecord, cancellationToken))
            throw Taken(name);
    }

    /// <summary>
    /// The one rule by which a Deployment is the second one of a workload: it has our track and names that workload, and either it
    /// names the very object (by uid) or an operation whose record is of that workload. A copy elsewhere does neither, an ordinary
    /// application that was deployed under this name has no track.
    /// </summary>
    public static async Task<bool> IsOursAsync(
        KubeObject seen, DeployOperationRequest request, string? uid, string track, Func<string, CancellationToken, Task<OperationRecord?>> findRecord,
            CancellationToken cancellationToken) =>
        seen.Label(Stamps.Track) == track && seen.Label(Stamps.Workload) == Fit(request.Workload.Name) && seen.Annotation(Stamps.Operation) is { } id
        && (uid is not null && seen.Annotation(Stamps.WorkloadUid) == uid
            || await findRecord(id, cancellationToken) is { } record && record.Workload == WorkloadKey.Of(request));

    /// <summary>Whether its labels call it a second workload of that one; enough to speak of it, not to change it.</summary>
    public static bool IsNamedFor(KubeObject seen, string workload) => seen.Label(Stamps.Workload) == Fit(workload) && seen.Label(Stamps.Track) is not null;

    private static TargetRejectedException Taken(string name) => new("workload.name", "NameTaken",
        $"a Deployment '{name}' exists that is not a second workload of this one; the strategy needs that name: rename or delete it, or send strategy.type: rolling");

    /// <summary>
    /// Makes it, or brings it to that number of pods, where it was there already only if <paramref name="scale"/>; answers it once it
    /// can be judged, or null while an older one is going away. One that <paramref name="mustBeThere"/> is not made again. It is made
    /// on hold and let go by a second write: one that comes about after the operation has gone back, by a write that was long under
    /// way, never has a pod, and the next operation takes it away.
    /// </summary>
    public static async Task<KubeObject?> EnsureAsync(OperationContext operation, KubeObject stable, string track, int replicas, bool scale, bool mustBeThere,
        CancellationToken cancellationToken)
    {
        var name = NameOf(stable.Name, track);
        var seen = await operation.SeenAsync(KubeResource.Deployments, name, cancellationToken);
        if (seen is not null && !await IsOursAsync(seen, operation.Request, stable.Uid, track, operation.FindRecordAsync, cancellationToken))
            throw Taken(name);
        if (mustBeThere && seen is not { Deleting: false }
            && await operation.Cluster.Api.FindAsync(KubeResource.Deployments, operation.Namespace, name, cancellationToken) is not { Deleting: false })
            throw new TargetRejectedException("workload.name", Hands.ChangedByOthers,
                $"somebody has deleted Deployment '{name}' while operation {operation.Record.Id} was under way");
        if (seen is not null && !seen.IsOf(operation.Record))
        {
            await DeleteAsync(operation, name, seen, cancellationToken);
            return null;
        }
        if (seen is { Deleting: true })
            return null;
        if (seen is null)
        {
            await operation.StillCurrentAsync(cancellationToken);
            try
            {
                seen = await operation.Cluster.Api.CreateAsync(KubeResource.Deployments, operation.Namespace, Body(operation, stable, name, track, replicas),
                    dryRun: false, cancellationToken);
            }
            catch (KubeException exists) when (exists.AlreadyExists)
            {
                await operation.RereadAsync(KubeResource.Deployments, name, cancellationToken);
                throw new ConcurrentChangeException(exists.Message);
            }
            operation.Learn(KubeResource.Deployments, seen);
        }
        var container = Workloads.ContainerOf(seen, operation.Request);
        if (!Hands.IsOurs(operation, seen, container))
        {
            await Workloads.ConfirmAsync(operation, seen, cancellationToken);
            throw new TargetRejectedException("workload.name", Hands.ChangedByOthers, Hands.Told(operation, seen, container));
        }
        var edits = new List<JsonEdit>();
        if (seen.Annotation(Stamps.State) == Stamps.Held)
            edits.AddRange([new("add", "/spec/paused", false), .. Workloads.StampEdits(seen, new() { [Stamps.State] = Stamps.Deployed })]);
        if (scale && seen.Root.Number("spec", "replicas") != replicas)
            edits.Add(new("replace", "/spec/replicas", replicas));
        if (edits.Count == 0)
            return seen;
        await operation.StillCurrentAsync(cancellationToken);
        return await Workloads.EditAsync(operation, KubeResource.Deployments, seen, [JsonEdit.Unchanged(seen), .. edits], cancellationToken);
    }

    /// <summary>How many pods a workload had before a canary by ratio took some of them; null where it says nothing of that, or somebody has scaled it since.</summary>
    public static int? SizeOf(KubeObject stable) =>
        stable.Wrote(Stamps.Size) && stable.Annotation(Stamps.State) == CanaryStrategy.Track
            && stable.Annotation(Stamps.Size)?.Split(" of ") is [var left, var all]
        && int.TryParse(left, out var old) && int.TryParse(all, out var size) && old < size && stable.Root.Number("spec", "replicas") == old
            ? size
            : null;

    /// <summary>Takes it away if it is this operation's; whether it is gone, and no pod of it serves any more.</summary>
    public static async Task<bool> RemoveAsync(OperationContext operation, string track, CancellationToken cancellationToken)
    {
        var name = NameOf(operation.Request.Workload.Name, track);
        // That it is gone is believed of the API server only: another replica may have made it a moment ago.
        var seen = await operation.SeenAsync(KubeResource.Deployments, name, cancellationToken)
            ?? await operation.RereadAsync(KubeResource.Deployments, name, cancellationToken);
        if (seen is null)
        {
            var pods = await operation.Cluster.WatchAsync(KubeResource.Pods, operation.Namespace, cancellationToken);
            return !pods.Objects.Any(p => !p.Deleting && p.Label(Stamps.Track) == track && p.Label(Stamps.Workload) == Fit(operation.Request.Workload.Name)
                && p.Root.Text("status", "phase") is "Running" or "Pending" && p.Controller is not null);
        }
        if (!seen.IsOf(operation.Record) || !await IsOursAsync(seen, operation.Request, null, track, operation.FindRecordAsync, cancellationToken))
            return true;
        if (!seen.Deleting)
            await DeleteAsync(operation, name, seen, cancellationToken);
        return false;
    }

    public static object Body(OperationContext operation, KubeObject stable, string name, string track, int replicas)
    {
        var snapshot = operation.Previous<WorkloadSnapshot>();
        var template = JsonNode.Parse(snapshot.Template.GetRawText())!.AsObject();
        var metadata = template["metadata"]!.AsObject();
        var own = new Dictionary<string, string> { [Stamps.Track] = track, [Stamps.Workload] = Fit(stable.Name) };
        var podLabels = metadata["labels"]!.AsObject();
        foreach (var (key, value) in own)
            podLabels[key] = value;
        var container = Workloads.ContainerOf(stable, operation.Request);
        foreach (var item in template["spec"]!["containers"]!.AsArray())
            if ((string?)item!["name"] == container)
                item["image"] = operation.Request.Image;

        var selector = JsonNode.Parse(stable.Root.At("spec", "selector")!.Value.GetRawText())!.AsObject();
        var matched = selector["matchLabels"] as JsonObject ?? [];
        selector["matchLabels"] = matched;
        matched[Stamps.Track] = track;

        return new
        {
            apiVersion = "apps/v1",
            kind = "Deployment",
            metadata = new
            {
                name,
                @namespace = operation.Namespace,
                labels = own,
                annotations = new Dictionary<string, string>(Stamps.Of(operation.Record, null, snapshot.Image, Stamps.Held))
                {
                    [Stamps.WorkloadUid] = stable.Uid
                }
            },
            spec = new
            {
                paused = true,
                replicas,
                selector,
                template,
                minReadySeconds = stable.Root.Number("spec", "minReadySeconds"),
                progressDeadlineSeconds = stable.Root.Number("spec", "progressDeadlineSeconds"),
                strategy = stable.Root.At("spec", "strategy")
            }
        };
    }

    /// <summary>Gives the old workload the new image, our stamps and whatever else belongs to it, all in one write.</summary>
    public static async Task<KubeObject> PromoteAsync(OperationContext operation, KubeObject stable, IEnumerable<JsonEdit> more,
        CancellationToken cancellationToken)
    {
        if (stable.IsOf(operation.Record) && stable.Annotation(Stamps.State) == Stamps.Deployed)
            return stable;
        var edits = new List<JsonEdit> { JsonEdit.Unchanged(stable), Workloads.ImageEdit(stable, operation.Request) };
        edits.AddRange(Workloads.StampEdits(stable, Stamps.Of(operation.Record, stable, operation.Previous<WorkloadSnapshot>().Image)));
        edits.AddRange(more);
        await operation.StillCurrentAsync(cancellationToken);
        return await Workloads.EditAsync(operation, KubeResource.Deployments, stable, edits, cancellationToken);
    }

    /// <summary>Marks the old workload as being worked on by this operation, without changing what runs.</summary>
    public static async Task<KubeObject> ClaimAsync(OperationContext operation, KubeObject stable, string state, CancellationToken cancellationToken) =>
        stable.IsOf(operation.Record)
            ? stable
            : await Workloads.EditAsync(operation, KubeResource.Deployments, stable,
                [JsonEdit.Unchanged(stable),
                    .. stable.Root.Flag("spec", "paused") && stable.Annotation(Stamps.State) == Stamps.Held ? [new JsonEdit("replace", "/spec/paused", false)]
                        : Array.Empty<JsonEdit>(), .. Workloads.StampEdits(stable,
                            Stamps.Of(operation.Record, stable, operation.Previous<WorkloadSnapshot>().Image, state))], cancellationToken);

    public static async Task DeleteAsync(OperationContext operation, string name, KubeObject seen, CancellationToken cancellationToken)
    {
        if (seen.Deleting)
            return;
        await operation.StillCurrentAsync(cancellationToken);
        // By its uid: what somebody has put in its place meanwhile is not ours to delete.
        await operation.Cluster.Api.DeleteAsync(KubeResource.Deployments, operation.Namespace, name, cancellationToken, uid: seen.Uid);
    }

    private static string Fit(string value) => value.Length <= LabelLength
        ? value
        : value[..(LabelLength - 9)] + "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)))[..8];
}
