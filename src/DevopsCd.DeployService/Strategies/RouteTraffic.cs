using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>The traffic of a Gateway API HTTPRoute, shared between the Service of the old pods and that of the new ones.</summary>
internal static class RouteTraffic
{
    /// <summary>What a return would restore; refuses when route or Services do not fit.</summary>
    public static async Task<JsonElement> RecordAsync(Cluster cluster, string ns, CanarySettings settings, KubeObject stable, CancellationToken stop)
    {
        var route = await cluster.Api.FindAsync(KubeResource.HttpRoutes, ns, settings.Route!, stop)
            ?? throw new Refused("strategy.route", "RouteNotFound", $"HTTPRoute '{settings.Route}' does not exist in namespace '{ns}'");
        if (!route.Root.Items("spec", "rules").Any(rule => BackendsOf(rule, settings.StableService).Any()))
            throw new Refused("strategy.stableService", "RouteWithoutService", $"no rule of HTTPRoute '{settings.Route}' sends traffic to Service '{settings.StableService}'");
        var services = new Dictionary<string, JsonElement>();
        foreach (var (field, name) in new[] { ("strategy.stableService", settings.StableService), ("strategy.canaryService", settings.CanaryService) })
        {
            var service = await cluster.Api.FindAsync(KubeResource.Services, ns, name, stop)
                ?? throw new Refused(field, "ServiceNotFound", $"Service '{name}' does not exist in namespace '{ns}'");
            services[name] = service.Root.At("spec", "selector") ?? Json.ToElement(new { });
        }
        var podLabels = stable.Root.Map("spec", "template", "metadata", "labels");
        var selector = Json.ToElement(services).Map(settings.StableService);
        if (selector.Count == 0 || selector.Any(s => podLabels.GetValueOrDefault(s.Key) != s.Value))
            throw new Refused("strategy.stableService", "ServiceSelectsOthers", $"Service '{settings.StableService}' does not select the pods of this workload", passing: true);
        return Json.ToElement(new { rules = route.Root.At("spec", "rules"), stableSelector = services[settings.StableService], canarySelector = services[settings.CanaryService] });
    }

    /// <summary>The labels that keep the new pods out of the old Service.</summary>
    public static Dictionary<string, string> Labels(OperationContext operation)
    {
        var selector = operation.Previous<WorkloadSnapshot>().Traffic!.Value.Map("stableSelector");
        return SecondWorkload.Apart(selector, selector.Keys, CanaryStrategy.Track);
    }

    /// <summary>Points the canary's Service at the canary's pods and sets the weights; whether everything was so already.</summary>
    public static async Task<bool> EnsureAsync(OperationContext operation, CanarySettings settings, int weight, CancellationToken stop)
    {
        var service = await SeenAsync(operation, KubeResource.Services, settings.CanaryService, stop);
        var wanted = new Dictionary<string, string> { [Stamps.Track] = CanaryStrategy.Track };
        foreach (var (key, value) in Labels(operation))
            wanted[key] = value;
        var settled = true;
        if (!JsonElement.DeepEquals(Json.ToElement(wanted), service.Root.At("spec", "selector") ?? default))
        {
            await Workloads.EditAsync(operation, KubeResource.Services, service, [JsonEdit.Unchanged(service), new("add", "/spec/selector", wanted)], stop);
            settled = false;
        }
        var route = await SeenAsync(operation, KubeResource.HttpRoutes, settings.Route!, stop);
        var rules = Weighted(operation.Previous<WorkloadSnapshot>().Traffic!.Value.At("rules")!.Value, settings, weight);
        if (!HasWeights(route, settings, weight))
        {
            await Workloads.EditAsync(operation, KubeResource.HttpRoutes, route, [JsonEdit.Unchanged(route), new("replace", "/spec/rules", rules)], stop);
            settled = false;
        }
        return settled;
    }

    /// <summary>Puts the recorded rules and selector back; whether they were so already.</summary>
    public static async Task<bool> RestoreAsync(OperationContext operation, CanarySettings settings, CancellationToken stop)
    {
        var traffic = operation.Previous<WorkloadSnapshot>().Traffic!.Value;
        var route = await SeenAsync(operation, KubeResource.HttpRoutes, settings.Route!, stop);
        var settled = true;
        if (traffic.At("rules") is { } rules && !JsonElement.DeepEquals(rules, route.Root.At("spec", "rules") ?? default))
        {
            await Workloads.EditAsync(operation, KubeResource.HttpRoutes, route, [JsonEdit.Unchanged(route), new("replace", "/spec/rules", rules)], stop);
            settled = false;
        }
        var service = await SeenAsync(operation, KubeResource.Services, settings.CanaryService, stop);
        if (traffic.At("canarySelector") is { } selector && !JsonElement.DeepEquals(selector, service.Root.At("spec", "selector") ?? Json.ToElement(new { })))
        {
            await Workloads.EditAsync(operation, KubeResource.Services, service, [JsonEdit.Unchanged(service), new("add", "/spec/selector", selector)], stop);
            settled = false;
        }
        return settled;
    }

    private static async Task<KubeObject> SeenAsync(OperationContext operation, KubeResource resource, string name, CancellationToken stop) =>
        await operation.Cluster.SeenAsync(resource, operation.Namespace, name, stop)
        ?? throw new Refused("strategy.route", "RouteNotFound", $"{resource.Kind} '{name}' does not exist any more");

    private static bool HasWeights(KubeObject route, CanarySettings settings, int weight) =>
        route.Root.Items("spec", "rules").Where(rule => BackendsOf(rule, settings.StableService).Any()).All(rule =>
            BackendsOf(rule, settings.StableService).All(b => (b.Number("weight") ?? 1) == 100 - weight)
            && BackendsOf(rule, settings.CanaryService).Any(b => (b.Number("weight") ?? 1) == weight));

    private static JsonNode Weighted(JsonElement recorded, CanarySettings settings, int weight)
    {
        var rules = JsonNode.Parse(recorded.GetRawText())!.AsArray();
        foreach (var rule in rules)
        {
            if (rule!["backendRefs"] is not JsonArray backends || backends.FirstOrDefault(b => Names(b, settings.StableService)) is not { } stable)
                continue;
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

    private static bool Names(JsonNode? backend, string service) =>
        (string?)backend?["name"] == service && ((string?)backend["kind"] ?? "Service") == "Service";

    private static IEnumerable<JsonElement> BackendsOf(JsonElement rule, string service) =>
        rule.Items("backendRefs").Where(b => b.Text("name") == service && (b.Text("kind") ?? "Service") == "Service");
}
