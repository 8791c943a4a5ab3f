using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// Tells what we have written on a workload from what a person or another controller has; the one place that decides it. What the API
/// server has made of a write of ours, for example an image a webhook has pinned, is ours as long as nobody else writes it: that is
/// what the field managers say. Where our stamp is gone, it is told by what has been seen or rolled out since the operation began.
/// </summary>
internal static class Hands
{
    public const string ChangedByOthers = "ChangedByOthers";

    /// <summary>What somebody else has done to the workload that must not be overwritten on the way forward; null when nobody has.</summary>
    public static async Task<string?> FindAsync(OperationContext operation, KubeObject live, CancellationToken cancellationToken)
    {
        if (await LookAsync(operation, live, cancellationToken) is not { } hand)
            return null;
        await Workloads.ConfirmAsync(operation, live, cancellationToken);
        return hand;
    }

    private static async Task<string?> LookAsync(OperationContext operation, KubeObject live, CancellationToken cancellationToken)
    {
        if (Anew(operation, live) is { } anew)
            return anew;
        var before = operation.Previous<WorkloadSnapshot>();
        var container = Workloads.ContainerOf(live, operation.Request);
        var image = Workloads.ImageOf(live, container);
        if (HasOurImage(operation, live))
        {
            operation.SawImage();
            return IsOurs(operation, live, container) ? null : Told(operation, live, container);
        }
        if (Same(image, operation.Request.Image))
            return null;
        if (!Same(image, before.Image))
            return Told(operation, live, container);
        return !live.IsOf(operation.Record) && (operation.HasSeenImage || await WasRolledOutAsync(operation, live, before, cancellationToken))
            ? Told(operation, live, container) : null;
    }

    /// <summary>The object is another one than the operation began with.</summary>
    public static string? Anew(OperationContext operation, KubeObject live) =>
        operation.Previous<WorkloadSnapshot>().Uid is { } uid && uid != live.Uid
            ? $"{operation.Request.Workload.Kind} '{live.Name}' was deleted and recreated by somebody since operation {operation.Record.Id} began"
            : null;

    /// <summary>Whether the pod template is still the one recorded, be its image pinned by a webhook.</summary>
    public static async Task<bool> HasTemplateAsync(OperationContext operation, KubeObject live, CancellationToken cancellationToken)
    {
        if (HasTemplate(operation, live))
            return true;
        await Workloads.ConfirmAsync(operation, live, cancellationToken);
        return false;
    }

    /// <summary>The same, of the workload as it was seen.</summary>
    public static bool HasTemplate(OperationContext operation, KubeObject live)
    {
        var container = Workloads.ContainerOf(live, operation.Request);
        var before = operation.Previous<WorkloadSnapshot>();
        if (!Same(Workloads.ImageOf(live, container), before.Image))
            return false;
        var recorded = JsonNode.Parse(before.Template.GetRawText())!;
        foreach (var item in recorded["spec"]?["containers"]?.AsArray() ?? [])
            if ((string?)item!["name"] == container)
                item["image"] = Workloads.ImageOf(live, container);
        return JsonNode.DeepEquals(recorded, JsonNode.Parse(live.Root.At("spec", "template")!.Value.GetRawText()));
    }

    /// <summary>Whether our stamp says that the image on it was written by this operation.</summary>
    public static bool HasOurImage(OperationContext operation, KubeObject live) =>
        live.IsOf(operation.Record) && live.Annotation(Stamps.State) is Stamps.Deployed or Stamps.Held;

    /// <summary>Whether the image is the requested one, or whatever the API server has made of what we wrote.</summary>
    public static bool IsOurs(OperationContext operation, KubeObject live, string container) =>
        Same(Workloads.ImageOf(live, container), operation.Request.Image) || ManagersOf(live, container).Contains(KubeApi.FieldManager);

    /// <summary>Whether it is that image, or that image with a digest: a webhook pins it at any write, also at one that is about something else.</summary>
    public static bool Same(string? image, string? wanted) =>
        image == wanted || image is not null && wanted is not null && image.StartsWith(wanted + "@", StringComparison.Ordinal);

    public static string Told(OperationContext operation, KubeObject live, string container)
    {
        var image = Workloads.ImageOf(live, container);
        var who = string.Join(", ", ManagersOf(live, container).Where(m => m != KubeApi.FieldManager).Distinct().Select(m => $"'{m}'"));
        return $"{(who.Length == 0 ? "somebody" : $"somebody ({who})")} has set the image of container '{container}' to '{image}' since operation {operation.Record.Id} began";
    }

    private static IEnumerable<string> ManagersOf(KubeObject live, string container) =>
        from entry in live.Root.Items("metadata", "managedFields")
        where entry.Text("manager") is not null && Workloads.Owns(entry, container)
        select entry.Text("manager")!;

    /// <summary>Whether another image than the one before has been on it since the operation began, and is no more. Asks nobody: what is needed is watched anyway.</summary>
    private static async Task<bool> WasRolledOutAsync(OperationContext operation, KubeObject live, WorkloadSnapshot before, CancellationToken cancellationToken)
    {
        if (operation.Request.Workload.Kind != "Deployment")
        {
            // The same again after a change, and not by an autoscaler.
            return before.Generation is { } generation && generation != live.Generation && before.Replicas == live.Root.Number("spec", "replicas")
                && JsonElement.DeepEquals(before.Template, live.Root.At("spec", "template") ?? default);
        }
        if (!long.TryParse(before.Revision, out var revision))
            return false;
        var container = Workloads.ContainerOf(live, operation.Request);
        var sets = await operation.Cluster.WatchAsync(KubeResource.ReplicaSets, operation.Namespace, cancellationToken);
        return sets.ControlledBy(live.Uid).Any(
            s => long.TryParse(s.Annotation(Workloads.Revision), out var since) && since > revision && !Same(Workloads.ImageOf(s, container), before.Image));
    }
}
