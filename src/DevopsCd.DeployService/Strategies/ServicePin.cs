using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// Which pods a Service selects while two versions run. The new pods have all labels of the old ones, so that every other selector
/// of the application still finds them, and our track in addition. The Service's selector, as it was recorded, would select both: it
/// is pinned to the old ReplicaSet by its hash, then switched to the track, and at the end is again what it was. As long as it is not,
/// our stamp is on the Service.
/// </summary>
internal static class ServicePin
{
    private const string Hash = "pod-template-hash";

    /// <summary>Refuses where labels or selectors leave no room for the track; names the object.</summary>
    public static void Check(KubeObject live, KubeObject? service = null, string field = "")
    {
        foreach (var key in new[] { Stamps.Track, Stamps.Workload, Hash })
        {
            if (live.Root.Map("spec", "template", "metadata", "labels").ContainsKey(key))
                throw Taken("workload.name", $"the pod template of Deployment '{live.Name}' has the label '{key}'", key);
            if (live.Root.Map("spec", "selector", "matchLabels").ContainsKey(key)
                || live.Root.Items("spec", "selector", "matchExpressions").Any(e => e.Text("key") == key))
                throw Taken("workload.name", $"the selector of Deployment '{live.Name}' uses '{key}'", key);
            if (service?.Root.Map("spec", "selector").ContainsKey(key) is true)
                throw Taken(field, $"the selector of Service '{service.Name}' uses '{key}'", key, passing: true);
        }
    }

    /// <summary>The hash of the ReplicaSet all pods of the workload belong to; null when it has no pods, or when they belong to several.</summary>
    public static async Task<(string? Hash, bool Several)> HashOfAsync(Cluster cluster, KubeObject live, CancellationToken cancellationToken)
    {
        if (live.Root.Number("spec", "replicas") == 0)
            return (null, false);
        var sets = (await cluster.WatchAsync(KubeResource.ReplicaSets, live.Namespace, cancellationToken)).ControlledBy(live.Uid).ToList();
        if (!RolloutStatus.Of(live).Done)
        {
            var withPods = sets.Where(s => s.Root.Number("spec", "replicas") > 0 || s.Root.Number("status", "replicas") > 0).ToList();
            return (withPods.Count == 1 ? withPods[0].Label(Hash) : null, withPods.Count > 1);
        }
        var revision = live.Annotation(Workloads.Revision);
        var current = sets.FirstOrDefault(s => s.Annotation(Workloads.Revision) == revision);
        if (current is null)
        {
            // The watch may be behind.
            var (_, all) = await cluster.Api.ListAsync(KubeResource.ReplicaSets, live.Namespace, null, null, cancellationToken);
            current = all.FirstOrDefault(s => s.Controller == live.Uid && s.Annotation(Workloads.Revision) == revision);
        }
        return (current?.Label(Hash), false);
    }

    /// <summary>Refuses where the old pods cannot be told from the new ones.</summary>
    public static async Task CheckPodsAsync(Cluster cluster, KubeObject live, CancellationToken cancellationToken)
    {
        if ((await HashOfAsync(cluster, live, cancellationToken)).Several)
        {
            throw new TargetRejectedException("workload.name", "RolloutNotComplete",
                $"Deployment '{live.Name}' has pods of several ReplicaSets, its rollout is not complete; no selector tells them from the new ones: complete or undo it first (strategy.type: rolling, or a rollback)", passing: true);
        }
    }

    public static Dictionary<string, string> PinnedTo(IReadOnlyDictionary<string, string> recorded, string hash) => new(recorded) { [Hash] = hash };

    /// <summary>The selector of the new pods: what the Service selected, as their labels have it, and our track.</summary>
    public static Dictionary<string, string> Of(IReadOnlyDictionary<string, string> recorded, KubeObject second, string track)
    {
        var labels = second.Root.Map("spec", "template", "metadata", "labels");
        return new(recorded.Keys.ToDictionary(k => k, k => labels.GetValueOrDefault(k, recorded[k]))) { [Stamps.Track] = track };
    }

    /// <summary>
    /// Gives Services of a workload whose selector names a track or a ReplicaSet, and says by our stamp that this operation wrote it, the rest
    /// of their selector: what they selected before, where no record tells it any more. Whether one had to be changed.
    /// </summary>
    public static async Task<bool> LetGoAsync(OperationContext operation, KubeObject live, string id, CancellationToken cancellationToken)
    {
        var labels = live.Root.Map("spec", "template", "metadata", "labels");
        var changed = false;
        foreach (var service in (await operation.Cluster.WatchAsync(KubeResource.Services, operation.Namespace, cancellationToken)).Objects)
        {
            var selector = service.Root.Map("spec", "selector");
            var rest = selector.Where(s => s.Key is not (Stamps.Track or Hash)).ToDictionary();
            if (service.Annotation(Stamps.Operation) != id || !service.Wrote(Stamps.Operation) || rest.Count == 0 || rest.Count == selector.Count
                || rest.Any(s => labels.GetValueOrDefault(s.Key) != s.Value))
                continue;
            await WriteAsync(operation, service, rest, back: true, cancellationToken);
            changed = true;
        }
        return changed;
    }

    public static bool IsPinned(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> recorded) =>
        selector.ContainsKey(Hash) && Same(selector.Where(s => s.Key != Hash), recorded);

    /// <summary>Whether it selects the new pods; those of an earlier version of this service had a suffix to the labels instead of a track.</summary>
    public static bool IsSwitched(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> recorded, string track) =>
        (selector.GetValueOrDefault(Stamps.Track) == track || Same(selector, SecondWorkload.Apart(recorded, track)))
        && selector.Where(s => s.Key != Stamps.Track)
            .All(s => recorded.TryGetValue(s.Key, out var was) && (s.Value == was || s.Value == SecondWorkload.Apart(recorded, track)[s.Key]));

    public static bool Same(IEnumerable<KeyValuePair<string, string>> one, IEnumerable<KeyValuePair<string, string>> other) =>
        one.OrderBy(p => p.Key, StringComparer.Ordinal).SequenceEqual(other.OrderBy(p => p.Key, StringComparer.Ordinal));

    /// <summary>Sets the selector unless somebody else has: only what is recorded, pinned or switched is overwritten. Answers what somebody has done.</summary>
    public static async Task<string?> SelectAsync(
        OperationContext operation, KubeObject service, IReadOnlyDictionary<string, string> recorded, string track, IReadOnlyDictionary<string, string> wanted,
            CancellationToken cancellationToken)
    {
        var now = service.Root.Map("spec", "selector");
        if (Same(now, wanted))
        {
            // Set back by somebody else: only our stamp is left to be taken away.
            if (Same(wanted, recorded) && service.IsOf(operation.Record))
                await WriteAsync(operation, service, wanted, back: true, cancellationToken);
            return null;
        }
        if (!Same(now, recorded) && !IsPinned(now, recorded) && !IsSwitched(now, recorded, track))
            return PointedAt(operation, service);
        var back = Same(wanted, recorded);
        if (!back && IsSetBack(operation, service, recorded))
            return SetBack(operation, service);
        await WriteAsync(operation, service, wanted, back, cancellationToken);
        return null;
    }

    public static string PointedAt(OperationContext operation, KubeObject service) =>
        $"somebody has pointed Service '{service.Name}' at '{string.Join(",", service.Root.Map("spec", "selector").Select(s => $"{s.Key}={s.Value}"))}' since operation {operation.Record.Id} began";

    /// <summary>Whether the selector is again what it was although this operation has written another: a controller that re-applies the Service would otherwise let both versions serve by turns.</summary>
    public static bool IsSetBack(OperationContext operation, KubeObject service, IReadOnlyDictionary<string, string> recorded) =>
        service.IsOf(operation.Record) && Same(service.Root.Map("spec", "selector"), recorded);

    public static string SetBack(OperationContext operation, KubeObject service) =>
        $"somebody has set the selector of Service '{service.Name}' back while operation {operation.Record.Id} was under way; where a controller does that, let it ignore spec.selector, or send strategy.type: rolling";

    /// <summary>Writes the selector, and our stamp with it unless it is what it was.</summary>
    public static Task WriteAsync(OperationContext operation, KubeObject service, object selector, bool back, CancellationToken cancellationToken)
    {
        var stamp = back ? Unstamp(service) : Workloads.StampEdits(service, new() { [Stamps.Operation] = operation.Record.Id });
        return EditAsync(operation, KubeResource.Services, service, [new("add", "/spec/selector", selector), .. stamp], back, cancellationToken);
    }

    /// <summary>Changes a Service or a route by the record as it is now, and by the object as it was seen.</summary>
    public static async Task<KubeObject> EditAsync(
        OperationContext operation, KubeResource resource, KubeObject traffic, IReadOnlyList<JsonEdit> edits, bool back, CancellationToken cancellationToken)
    {
        await operation.StillCurrentAsync(cancellationToken);
        var written = await Workloads.EditAsync(operation, resource, traffic, [JsonEdit.Unchanged(traffic), .. edits], cancellationToken);
        if (back)
            operation.Job.PutBack.Add($"{resource.Plural}/{traffic.Name}");
        else
            operation.Job.PutBack.Remove($"{resource.Plural}/{traffic.Name}");
        return written;
    }

    /// <summary>
    /// Gives an object that is as it was another version, and changes nothing else of it, unless it was put back just now. A write of a
    /// replica that has slept, or that is still under way to the API server, rests on the older version and is refused from then on.
    /// </summary>
    public static async Task FenceAsync(OperationContext operation, KubeResource resource, string name, CancellationToken cancellationToken)
    {
        if (operation.Job.PutBack.Contains($"{resource.Plural}/{name}") || await operation.SeenAsync(resource, name, cancellationToken) is not { } traffic)
            return;
        if (!traffic.IsOf(operation.Record))
            traffic = await EditAsync(operation, resource, traffic,
                [.. Workloads.StampEdits(traffic, new() { [Stamps.Operation] = operation.Record.Id })], back: false, cancellationToken);
        await EditAsync(operation, resource, traffic, [.. Unstamp(traffic)], back: true, cancellationToken);
    }

    public static IEnumerable<JsonEdit> Unstamp(KubeObject traffic) =>
        from stamp in new[] { Stamps.Operation, Stamps.Weight }
        where traffic.Annotation(stamp) is not null
        select new JsonEdit("remove", "/metadata/annotations/" + JsonEdit.Escape(stamp));

    private static TargetRejectedException Taken(string field, string what, string key, bool passing = false) =>
        new(field, "LabelTaken", $"{what}, which the two versions are told apart by; remove '{key}' there, or send strategy.type: rolling", passing);
}
