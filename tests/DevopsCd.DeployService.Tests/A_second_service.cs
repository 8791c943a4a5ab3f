using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_second_service(TestCluster cluster)
{
    private static readonly KubeResource s_endpoints = new("", "v1", "endpoints", "Endpoints");

    [Fact]
    public async Task Has_pods_all_the_time_a_blue_green_takes()
    {
        await using var given = await ShopAsync();
        var counts = new Dictionary<string, List<int>> { ["shop"] = [], ["mesh"] = [] };
        await using var watch = new WatchCache(cluster.Api, s_endpoints, given.Namespace, null, TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, (e, _) => Seen(e));
        watch.Start();
        await watch.SyncedAsync(TimeSpan.FromSeconds(30), default);

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "0s" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        var next = await PodsAsync(given, "app=shop,devopscd.io/track=next");
        await Eventually.Sees(() => cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default), d => d is null,
            "the second workload is gone", TimeSpan.FromMinutes(2));
        await Eventually.Sees(() => PodsAsync(given, "devopscd.io/track=next"), p => p.Count == 0, "its pods, too", TimeSpan.FromMinutes(2));

        counts["shop"].Min().ShouldBeGreaterThan(0);
        counts["mesh"].Min().ShouldBeGreaterThan(0);
        (await PodsAsync(given, "app=shop")).Count(p => !p.Deleting).ShouldBe(2);
        next.ShouldAllBe(p => p.Label("app") == "shop");

        void Seen(KubeObject endpoints)
        {
            if (counts.TryGetValue(endpoints.Name, out var seen))
                seen.Add(endpoints.Root.Items("subsets").Sum(s => s.Items("addresses").Length));
        }
    }

    [Fact]
    public async Task Is_the_only_one_that_sees_the_new_pods_before_the_switch_and_after_the_way_back()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", promote = "manual", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Paused);
        var waiting = await BehindAsync(given, "shop");
        var mesh = await BehindAsync(given, "mesh");

        await given.CommandAsync("op-1", "promote");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        var switched = await BehindAsync(given, "shop");
        await given.CommandAsync("op-1", "rollback");
        await given.UntilAsync("op-1", DeployPhases.Stopped);

        waiting.ShouldBe(["registry.example/app:1"]);
        mesh.Order().ShouldBe(["registry.example/app:1", "registry.example/app:2"]);
        switched.ShouldBe(["registry.example/app:2"]);
        (await BehindAsync(given, "shop")).ShouldBe(["registry.example/app:1"]);
        (await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default)).Root.Map("spec", "selector")
            .ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
    }

    [Theory]
    [InlineData("""{"spec":{"template":{"metadata":{"labels":{"devopscd.io/track":"mine"}}}}}""", "workload.name", "Deployment 'shop'")]
    [InlineData(null, "strategy.service", "Service 'shop'")]
    public async Task Of_the_new_pods_is_refused_where_selectors_leave_no_room(string? template, string field, string named)
    {
        await using var given = await ShopAsync();
        if (template is not null)
            await cluster.KubectlAsync("-n", given.Namespace, "patch", "deployment", "shop", "-p", template);
        else
            await cluster.KubectlAsync("-n", given.Namespace, "patch", "service", "shop", "-p", """{"spec":{"selector":{"devopscd.io/track":"mine"}}}""");
        var request = given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop" });

        var preflight = await given.PreflightAsync(request);
        using var refused = await given.PutAsync("op-1", request);

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        preflight.Results[0].Problems[field].Single().ShouldContain(named);
    }

    private async Task<Given> ShopAsync()
    {
        var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2, puppets: false);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "mesh", "--tcp=80:80");
        await cluster.KubectlAsync("-n", given.Namespace, "patch", "service", "mesh", "-p", """{"spec":{"selector":{"app":"shop"}}}""");
        foreach (var name in new[] { "shop", "mesh" })
            await Eventually.Sees(() => cluster.Api.GetAsync(s_endpoints, given.Namespace, name, default),
                e => e.Root.Items("subsets").Sum(s => s.Items("addresses").Length) == 2, $"{name} has endpoints", TimeSpan.FromMinutes(1));
        return given;
    }

    private async Task<List<KubeObject>> PodsAsync(Given given, string labels) =>
        (await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, labels, null, default)).Items;

    private async Task<List<string>> BehindAsync(Given given, string service)
    {
        var selector = string.Join(",", (await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, service, default)).Root.Map("spec", "selector")
            .Select(s => $"{s.Key}={s.Value}"));
        return [.. (await PodsAsync(given, selector)).Where(p => !p.Deleting).Select(p => p.Root.Items("spec", "containers")[0].Text("image")!).Distinct()];
    }
}
