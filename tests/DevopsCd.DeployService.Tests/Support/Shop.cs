using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>An application with all that a strategy may touch: a Deployment, its Service, one for a canary, and perhaps a route.</summary>
internal static class Shop
{
    public static async Task SetUpAsync(Given given, string image, int size, bool withRoute)
    {
        await given.Cluster.GivenDeploymentAsync(given.Namespace, "shop", image, size);
        foreach (var (name, app) in new[] { ("shop", "shop"), ("shop-canary", "other") })
            await given.Cluster.Api.CreateAsync(KubeResource.Services, given.Namespace, new
            {
                apiVersion = "v1",
                kind = "Service",
                metadata = new { name },
                spec = new { selector = new { app }, ports = new[] { new { port = 80 } } }
            }, dryRun: false, default);
        if (withRoute)
            await given.Cluster.Api.CreateAsync(KubeResource.HttpRoutes, given.Namespace, new
            {
                apiVersion = KubeResource.HttpRoutes.ApiVersion,
                kind = "HTTPRoute",
                metadata = new { name = "shop" },
                spec = new { rules = new[] { new { backendRefs = new[] { new { name = "shop", port = 80 } } } } }
            }, dryRun: false, default);
    }

    /// <summary>What there is to be seen when all is as it should be.</summary>
    public static string Whole(string image, int size) => Describe(image, size, size, 0, "RollingUpdate", second: null, "app=shop", "app=other", route: "shop");

    public static async Task<string> SeenAsync(Given given, bool withRoute)
    {
        var shop = await given.DeploymentAsync("shop");
        var second = await FindAsync(KubeResource.Deployments, "shop-canary") ?? await FindAsync(KubeResource.Deployments, "shop-next");
        var services = new[] { await FindAsync(KubeResource.Services, "shop"), await FindAsync(KubeResource.Services, "shop-canary") };
        var route = withRoute
            ? (await FindAsync(KubeResource.HttpRoutes, "shop"))!.Root.Items("spec", "rules").SelectMany(r => r.Items("backendRefs")).Select(b => b.Text("name") + (b.Number("weight") is { } w ? $":{w}" : ""))
            : ["shop"];
        return Describe(shop.Image(), shop.Root.Number("spec", "replicas"), shop.Root.Number("status", "availableReplicas"), shop.Root.Number("status", "unavailableReplicas"),
            shop.Root.Text("spec", "strategy", "type") + shop.Annotation("devopscd.io/update-strategy"), second?.Name, Selector(services[0]), Selector(services[1]), string.Join(",", route));

        Task<KubeObject?> FindAsync(KubeResource resource, string name) => given.Cluster.Api.FindAsync(resource, given.Namespace, name, default);

        static string Selector(KubeObject? service) =>
            string.Join(",", service!.Root.Map("spec", "selector").OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={s.Value}"));
    }

    private static string Describe(string? image, int? replicas, int? available, int? unavailable, string? update, string? second, string shop, string canary, string route) =>
        $"{replicas} of {image}, {available} available, {unavailable ?? 0} not, {update}; beside it {second ?? "nothing"}; Services {shop} and {canary}; route to {route}";
}
