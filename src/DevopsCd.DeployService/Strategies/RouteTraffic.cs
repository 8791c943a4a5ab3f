using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// The traffic of a Gateway API HTTPRoute, shared between the Service of the old pods, pinned to them meanwhile, and that of the new
/// ones. Only weights and the canary's backend are written, into the rules as they are then; what somebody else has set stays.
/// </summary>
internal static class RouteTraffic
{
    /// <summary>What a return would restore; refuses when route or Services do not fit.</summary>
    public static async Task<JsonElement> RecordAsync(Cluster cluster, string ns, CanarySettings settings, KubeObject stable,
        CancellationToken cancellationToken)
    {
        var route = await cluster.Api.FindAsync(KubeResource.HttpRoutes, ns, settings.Route!, cancellationToken)
            ?? throw new TargetRejectedException("strategy.route", "RouteNotFound", $"HTTPRoute '{settings.Route}' does not exist in namespace '{ns}'");
        if (!route.Root.Items("spec", "rules").Any(rule => BackendsOf(rule, settings.StableService).Any()))
            throw new TargetRejectedException("strategy.stableService", "RouteWithoutService",
                $"no rule of HTTPRoute '{settings.Route}' sends traffic to Service '{settings.StableService}'");
        var services = new Dictionary<string, JsonElement>();
        foreach (var (field, name) in new[] { ("strategy.stableService", settings.StableService), ("strategy.canaryService", settings.CanaryService) })
        {
            var service = await cluster.Api.FindAsync(KubeResource.Services, ns, name, cancellationToken)
                ?? throw new TargetRejectedException(field, "ServiceNotFound", $"Service '{name}' does not exist in namespace '{ns}'");
            services[name] = service.Root.At("spec", "selector") ?? Json.ToElement(new { });
            if (name == settings.StableService)
                ServicePin.Check(stable, service, field);
        }
        var podLabels = stable.Root.Map("spec", "template", "metadata", "labels");
        var selector = Json.ToElement(services).Map(settings.StableService);
        if (selector.Count == 0 || selector.Any(s => podLabels.GetValueOrDefault(s.Key) != s.Value))
            throw new TargetRejectedException("strategy.stableService", "ServiceSelectsOthers",
                $"Service '{settings.StableService}' does not select the pods of this workload", passing: true);
        return Json.ToElement(new
        {
            rules = route.Root.At("spec", "rules"),
            stableSelector = services[settings.StableService],
            canarySelector = services[settings.CanaryService]
        });
    }

    /// <summary>Keeps the new pods out of the old ones' Service before they come; null once that is so.</summary>
    public static async Task<Progress?> PinAsync(OperationContext operation, CanarySettings settings, KubeObject stable, CancellationToken cancellationToken)
    {
        var recorded = Recorded(operation, "stableSelector");
        var service = await SeenAsync(operation, KubeResource.Services, settings.StableService, cancellationToken)
            ?? throw new TargetRejectedException("strategy.stableService", "ServiceNotFound", $"Service '{settings.StableService}' no longer exists");
        if (ServicePin.IsPinned(service.Root.Map("spec", "selector"), recorded))
            return null;
        if (!RolloutStatus.Of(stable).Observed)
            return Progress.Running("WaitingForController", "waiting for the controller to see the change");
        var (hash, several) = await ServicePin.HashOfAsync(operation.Cluster, stable, cancellationToken);
        if (several)
            return Progress.Running("RollingOut", $"waiting for Deployment '{stable.Name}' to have pods of one ReplicaSet only");
        if (hash is null)
            return null;
        return await ServicePin.SelectAsync(operation, service, recorded, CanaryStrategy.Track, ServicePin.PinnedTo(recorded, hash),
            cancellationToken) is { } hand
            ? Progress.Failed(Hands.ChangedByOthers, hand)
            : null;
    }

    /// <summary>Gives the old pods' Service the selector it had; whether it has it, or is somebody else's or gone.</summary>
    public static async Task<bool> UnpinAsync(OperationContext operation, CanarySettings settings, CancellationToken cancellationToken)
    {
        var recorded = Recorded(operation, "stableSelector");
        if (await SeenAsync(operation, KubeResource.Services, settings.StableService, cancellationToken) is not { } service
            || !ServicePin.IsPinned(service.Root.Map("spec", "selector"), recorded) && !ServicePin.IsSetBack(operation, service, recorded))
            return true;
        await ServicePin.SelectAsync(operation, service, recorded, CanaryStrategy.Track, recorded, cancellationToken);
        return false;
    }

    /// <summary>Points the canary's Service at the canary's pods and sets the weights; whether everything was so already, and what somebody else has done.</summary>
    public static async Task<(bool Settled, string? Hand)> EnsureAsync(OperationContext operation, CanarySettings settings, KubeObject canary, int weight,
        CancellationToken cancellationToken)
    {
        var service = await SeenAsync(operation, KubeResource.Services, settings.CanaryService, cancellationToken)
            ?? throw new TargetRejectedException("strategy.canaryService", "ServiceNotFound", $"Service '{settings.CanaryService}' no longer exists");
        var route = await SeenAsync(operation, KubeResource.HttpRoutes, settings.Route!, cancellationToken)
            ?? throw new TargetRejectedException("strategy.route", "RouteNotFound", $"HTTPRoute '{settings.Route}' no longer exists");
        var wanted = ServicePin.Of(Recorded(operation, "stableSelector"), canary, CanaryStrategy.Track);
        var selector = service.Root.Map("spec", "selector");
        var settled = true;
        if (!ServicePin.Same(selector, wanted))
        {
            if (!ServicePin.Same(selector, Recorded(operation, "canarySelector")))
                return (false, $"somebody has pointed Service '{service.Name}' elsewhere");
            if (ServicePin.IsSetBack(operation, service, Recorded(operation, "canarySelector")))
                return (false, ServicePin.SetBack(operation, service));
            await ServicePin.WriteAsync(operation, service, wanted, back: false, cancellationToken);
            settled = false;
        }
        if (HasWeights(route, settings, weight))
            return (settled, null);
        // A controller that re-applies the route would otherwise take the canary's share away and get it back by turns.
        var set = WeightSet(operation, route);
        if (!AreOurs(operation, route, settings))
            return (false, $"somebody has set the weights of HTTPRoute '{route.Name}'");
        if (route.IsOf(operation.Record) && IsAsRecorded(operation, route, settings)
            && (set is { } last ? !HasWeights(route, settings, last) : !settings.Steps.Any(s => HasWeights(route, settings, s.Weight))))
            return (false, $"somebody has set HTTPRoute '{route.Name}' back while operation {operation.Record.Id} was under way; where a controller does that, let it ignore spec.rules");
        await ServicePin.EditAsync(operation, KubeResource.HttpRoutes, route,
            [
                new("replace", "/spec/rules", Weighted(route.Root.At("spec", "rules")!.Value, settings, weight)),
                .. Workloads.StampEdits(route,
                    new() { [Stamps.Operation] = operation.Record.Id, [Stamps.Weight] = weight.ToString(CultureInfo.InvariantCulture) })
            ], back: false, cancellationToken);
        return (false, null);
    }

    /// <summary>Takes the weights and the canary's backend back; whether that was so already, and what somebody else has done, which stays.</summary>
    public static async Task<(bool Settled, string? Hand)> RestoreAsync(OperationContext operation, CanarySettings settings,
        CancellationToken cancellationToken)
    {
        var settled = true;
        string? hand = null;
        if (await SeenAsync(operation, KubeResource.HttpRoutes, settings.Route!, cancellationToken) is { } route
            && operation.Previous<WorkloadSnapshot>().Traffic!.Value.At("rules") is { } recorded && route.Root.At("spec", "rules") is { } now
            && (route.IsOf(operation.Record) || !JsonElement.DeepEquals(recorded, now)))
        {
            var wanted = Unweighted(now, recorded, settings);
            if (!AreOurs(operation, route, settings))
            {
                hand = route.Root.Items("spec", "rules").Any(rule => BackendsOf(rule, settings.CanaryService).Any())
                    ? $"somebody has set the weights of HTTPRoute '{route.Name}'; they are left as they are"
                    : null;
            }
            else if (route.IsOf(operation.Record) || !JsonElement.DeepEquals(wanted, now))
            {
                await ServicePin.EditAsync(operation, KubeResource.HttpRoutes, route,
                    [new("replace", "/spec/rules", wanted), .. ServicePin.Unstamp(route)], back: true, cancellationToken);
                settled = false;
            }
        }
        var canarySelector = Recorded(operation, "canarySelector");
        if (hand is null && await SeenAsync(operation, KubeResource.Services, settings.CanaryService, cancellationToken) is { } service
            && (ServicePin.IsSetBack(operation, service, canarySelector)
                || ServicePin.IsSwitched(service.Root.Map("spec", "selector"), Recorded(operation, "stableSelector"), CanaryStrategy.Track)
                    && !ServicePin.Same(service.Root.Map("spec", "selector"), canarySelector)))
        {
            await ServicePin.WriteAsync(operation, service, canarySelector, back: true, cancellationToken);
            settled = false;
        }
        return (settled, hand);
    }

    /// <summary>Lets no write that is still under way move traffic that is back where it was; somebody else's is left alone.</summary>
    public static async Task FenceAsync(OperationContext operation, CanarySettings settings, CancellationToken cancellationToken)
    {
        if (await SeenAsync(operation, KubeResource.HttpRoutes, settings.Route!, cancellationToken) is { } route && IsAsRecorded(operation, route, settings))
            await ServicePin.FenceAsync(operation, KubeResource.HttpRoutes, settings.Route!, cancellationToken);
        foreach (var (name, recorded) in new[] { (settings.StableService, "stableSelector"), (settings.CanaryService, "canarySelector") })
            if (await SeenAsync(operation, KubeResource.Services, name, cancellationToken) is { } service
                && ServicePin.Same(service.Root.Map("spec", "selector"), Recorded(operation, recorded)))
                await ServicePin.FenceAsync(operation, KubeResource.Services, name, cancellationToken);
    }

    /// <summary>Whether the route, by whoever's hand, sends traffic to the canary's Service.</summary>
    public static async Task<bool> NeedsCanaryAsync(OperationContext operation, CanarySettings settings, CancellationToken cancellationToken) =>
        await SeenAsync(operation, KubeResource.HttpRoutes, settings.Route!, cancellationToken) is { } route
        && route.Root.Items("spec", "rules").SelectMany(rule => BackendsOf(rule, settings.CanaryService)).Any(b => (b.Number("weight") ?? 1) > 0);

    private static Dictionary<string, string> Recorded(OperationContext operation, string selector) =>
        operation.Previous<WorkloadSnapshot>().Traffic!.Value.Map(selector);

    private static Task<KubeObject?> SeenAsync(OperationContext operation, KubeResource resource, string name, CancellationToken cancellationToken) =>
        operation.SeenAsync(resource, name, cancellationToken);

    private static bool HasWeights(KubeObject route, CanarySettings settings, int weight) =>
        route.Root.Items("spec", "rules").Where(rule => BackendsOf(rule, settings.StableService).Any())
            .All(rule => WeightsOf(rule, settings) == (100 - weight, weight));

    /// <summary>The canary's weight as we have last written it; null where we have not, or an earlier version of this service has.</summary>
    private static int? WeightSet(OperationContext operation, KubeObject route) =>
        route.IsOf(operation.Record) && int.TryParse(route.Annotation(Stamps.Weight), CultureInfo.InvariantCulture, out var weight) ? weight : null;

    /// <summary>Whether each weight is as recorded or as we have last written it; where that is not known, as of any step.</summary>
    private static bool AreOurs(OperationContext operation, KubeObject route, CanarySettings settings)
    {
        var ours = WeightSet(operation, route) is { } set ? [set] : settings.Steps.Select(s => s.Weight);
        return HasWeightsOf(route, settings, [.. RecordedWeights(operation, settings), .. ours.Select(w => ((int?)(100 - w), (int?)w))]);
    }

    private static bool IsAsRecorded(OperationContext operation, KubeObject route, CanarySettings settings) =>
        HasWeightsOf(route, settings, RecordedWeights(operation, settings));

    private static bool HasWeightsOf(KubeObject route, CanarySettings settings, HashSet<(int?, int?)> known) =>
        route.Root.Items("spec", "rules").Where(rule => BackendsOf(rule, settings.StableService).Any()).All(rule => known.Contains(WeightsOf(rule, settings)));

    private static HashSet<(int?, int?)> RecordedWeights(OperationContext operation, CanarySettings settings) =>
        [.. operation.Previous<WorkloadSnapshot>().Traffic!.Value.Items("rules").Where(rule => BackendsOf(rule, settings.StableService).Any())
            .Select(rule => WeightsOf(rule, settings))];

    private static (int? Stable, int? Canary) WeightsOf(JsonElement rule, CanarySettings settings)
    {
        return (First(settings.StableService), First(settings.CanaryService));

        int? First(string service) => BackendsOf(rule, service).Select(b => (int?)(b.Number("weight") ?? 1)).FirstOrDefault();
    }

    private static JsonArray Weighted(JsonElement now, CanarySettings settings, int weight)
    {
        var rules = JsonNode.Parse(now.GetRawText())!.AsArray();
        foreach (var (backends, stable) in Shared(rules, settings))
        {
            var canary = backends.FirstOrDefault(b => Names(b, settings.CanaryService));
            if (canary is null)
            {
                canary = stable.DeepClone();
                canary["name"] = settings.CanaryService;
                backends.Add(canary);
            }
            stable["weight"] = 100 - weight;
            canary["weight"] = weight;
        }
        return rules;
    }

    /// <summary>The rules as they are, with the backends of the two Services as they were recorded; exactly the recorded ones where nobody else has changed them.</summary>
    private static JsonElement Unweighted(JsonElement now, JsonElement recorded, CanarySettings settings)
    {
        var rules = JsonNode.Parse(now.GetRawText())!.AsArray();
        var before = Shared(JsonNode.Parse(recorded.GetRawText())!.AsArray(), settings).ToList();
        foreach (var ((backends, stable), i) in Shared(rules, settings).Select((r, i) => (r, i)))
        {
            var (old, oldStable) = before[Math.Min(i, before.Count - 1)];
            SetWeight(stable, oldStable);
            if (backends.FirstOrDefault(b => Names(b, settings.CanaryService)) is not { } canary)
                continue;
            if (old.FirstOrDefault(b => Names(b, settings.CanaryService)) is { } oldCanary)
                SetWeight(canary, oldCanary);
            else
                backends.Remove(canary);
        }
        return JsonSerializer.SerializeToElement(rules);

        static void SetWeight(JsonNode backend, JsonNode old)
        {
            if (old["weight"] is { } weight)
                backend["weight"] = weight.DeepClone();
            else
                backend.AsObject().Remove("weight");
        }
    }

    private static IEnumerable<(JsonArray Backends, JsonNode Stable)> Shared(JsonArray rules, CanarySettings settings)
    {
        foreach (var rule in rules)
            if (rule!["backendRefs"] is JsonArray backends && backends.FirstOrDefault(b => Names(b, settings.StableService)) is { } stable)
                yield return (backends, stable);
    }

    private static bool Names(JsonNode? backend, string service) =>
        (string?)backend?["name"] == service && ((string?)backend["kind"] ?? "Service") == "Service";

    private static IEnumerable<JsonElement> BackendsOf(JsonElement rule, string service) =>
        rule.Items("backendRefs").Where(b => b.Text("name") == service && (b.Text("kind") ?? "Service") == "Service");
}
