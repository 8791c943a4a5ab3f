using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>The Deployment that runs the new version beside the old one, made from the old one's recorded template.</summary>
internal static class SecondWorkload
{
    private const int LabelLength = 63;

    /// <summary>Labels that keep its pods apart from a Service with that selector, and the same change made to a selector.</summary>
    public static Dictionary<string, string> Apart(IReadOnlyDictionary<string, string> labels, IEnumerable<string> keys, string track) =>
        keys.Where(labels.ContainsKey).ToDictionary(k => k, k => Fit($"{labels[k]}-{track}"));

    public static string NameOf(string workload, string track) => $"{workload}-{track}";

    /// <summary>Makes it, or brings it to the wanted number of pods; answers it once it can be judged, or null while an older one is going away.</summary>
    public static async Task<KubeObject?> EnsureAsync(
        OperationContext operation, KubeObject stable, string track, int replicas, IReadOnlyDictionary<string, string> labels, CancellationToken stop)
    {
        var name = NameOf(stable.Name, track);
        var seen = await operation.Cluster.SeenAsync(KubeResource.Deployments, operation.Namespace, name, stop);
        if (seen is not null && seen.Annotation(Stamps.Operation) is null)
            throw new Refused("workload.name", "NameTaken", $"a Deployment '{name}' exists that is not DevopsCd's; the second workload needs that name");
        if (seen is not null && !seen.IsOf(operation.Record))
        {
            await DeleteAsync(operation, name, seen, stop);
            return null;
        }
        if (seen is { Deleting: true })
            return null;
        if (seen is null)
        {
            await operation.StillCurrentAsync(stop);
            try
            {
                seen = await operation.Cluster.Api.CreateAsync(KubeResource.Deployments, operation.Namespace, Body(operation, stable, name, track, replicas, labels), dryRun: false, stop);
            }
            catch (KubeException exists) when (exists.AlreadyExists)
            {
                await Workloads.RereadAsync(operation.Cluster, KubeResource.Deployments, operation.Namespace, name, stop);
                throw new Again(exists.Message);
            }
            operation.Cluster.Learn(KubeResource.Deployments, seen);
        }
        return seen.Root.Number("spec", "replicas") == replicas
            ? seen
            : await Workloads.EditAsync(operation, KubeResource.Deployments, seen, [JsonEdit.Unchanged(seen), new("replace", "/spec/replicas", replicas)], stop);
    }

    /// <summary>Takes it away if it is this operation's; whether it is gone.</summary>
    public static async Task<bool> RemoveAsync(OperationContext operation, string track, CancellationToken stop)
    {
        var name = NameOf(operation.Request.Workload.Name, track);
        var seen = await operation.Cluster.SeenAsync(KubeResource.Deployments, operation.Namespace, name, stop);
        if (seen is null || !seen.IsOf(operation.Record))
            return true;
        if (!seen.Deleting)
            await DeleteAsync(operation, name, seen, stop);
        return false;
    }

    public static object Body(OperationContext operation, KubeObject stable, string name, string track, int replicas, IReadOnlyDictionary<string, string> labels)
    {
        var snapshot = operation.Previous<WorkloadSnapshot>();
        var template = JsonNode.Parse(snapshot.Template.GetRawText())!.AsObject();
        var metadata = template["metadata"]!.AsObject();
        var own = new Dictionary<string, string>(labels) { [Stamps.Track] = track, [Stamps.Workload] = Fit(stable.Name) };
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
        foreach (var (key, value) in own)
            if (matched.ContainsKey(key) || key == Stamps.Track)
                matched[key] = value;

        return new
        {
            apiVersion = "apps/v1",
            kind = "Deployment",
            metadata = new { name, @namespace = operation.Namespace, labels = own, annotations = Stamps.Of(operation.Record, snapshot.Image) },
            spec = new
            {
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
    public static async Task<KubeObject> PromoteAsync(OperationContext operation, KubeObject stable, IEnumerable<JsonEdit> more, CancellationToken stop)
    {
        if (stable.IsOf(operation.Record) && stable.Annotation(Stamps.State) == Stamps.Deployed)
            return stable;
        var container = Workloads.ContainerOf(stable, operation.Request);
        var index = Array.FindIndex(stable.Root.Items("spec", "template", "spec", "containers"), c => c.Text("name") == container);
        var edits = new List<JsonEdit> { JsonEdit.Unchanged(stable), new("replace", $"/spec/template/spec/containers/{index}/image", operation.Request.Image) };
        edits.AddRange(Workloads.StampEdits(stable, Stamps.Of(operation.Record, operation.Previous<WorkloadSnapshot>().Image)));
        edits.AddRange(more);
        return await Workloads.EditAsync(operation, KubeResource.Deployments, stable, edits, stop);
    }

    /// <summary>Marks the old workload as being worked on by this operation, without changing what runs.</summary>
    public static async Task<KubeObject> ClaimAsync(OperationContext operation, KubeObject stable, string state, CancellationToken stop) =>
        stable.IsOf(operation.Record)
            ? stable
            : await Workloads.EditAsync(operation, KubeResource.Deployments, stable,
                [JsonEdit.Unchanged(stable), .. Workloads.StampEdits(stable, Stamps.Of(operation.Record, operation.Previous<WorkloadSnapshot>().Image, state))], stop);

    private static async Task DeleteAsync(OperationContext operation, string name, KubeObject seen, CancellationToken stop)
    {
        if (seen.Deleting)
            return;
        await operation.StillCurrentAsync(stop);
        await operation.Cluster.Api.DeleteAsync(KubeResource.Deployments, operation.Namespace, name, stop);
    }

    private static string Fit(string value) => value.Length <= LabelLength
        ? value
        : value[..(LabelLength - 9)] + "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)))[..8];
}
