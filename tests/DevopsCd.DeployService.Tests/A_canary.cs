using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_canary(TestCluster cluster)
{
    [Theory]
    [InlineData(10, 20, false, 2, 8)]
    [InlineData(10, 1, false, 1, 9)]
    [InlineData(3, 50, false, 2, 1)]
    [InlineData(1, 20, false, 1, 1)]
    [InlineData(4, 100, false, 4, 0)]
    [InlineData(10, 25, true, 3, 10)]
    [InlineData(0, 50, false, 0, 0)]
    public void Shares_the_pods_by_weight(int total, int weight, bool routed, int newPods, int oldPods) =>
        CanaryStrategy.Share(total, weight, routed).ShouldBe((newPods, oldPods));

    [Fact]
    public async Task Moves_step_by_step_and_takes_over_when_promoted()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 4);
        var steps = new object[] { new { weight = 25, pause = true }, new { weight = 50, pause = true } };

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "canary", steps }));
        var first = await given.UntilAsync("op-1", DeployPhases.Paused);
        var (canary, stable) = (await given.DeploymentAsync("shop-canary"), await given.DeploymentAsync("shop"));
        await given.CommandAsync("op-1", "promote");
        var second = await Eventually.Sees(() => given.ViewAsync("op-1"), v => v is { Phase: DeployPhases.Paused } && v.Message!.Contains("step 2"),
            "paused at step 2");
        var half = await given.DeploymentAsync("shop-canary");
        await given.CommandAsync("op-1", "promote");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        first.Message!.ShouldContain("step 1 of 2 (25 %)");
        (canary.Image(), canary.Root.Number("status", "availableReplicas")).ShouldBe(("registry.example/app:2", 1));
        (stable.Image(), stable.Root.Number("spec", "replicas")).ShouldBe(("registry.example/app:1", 3));
        second.Replicas!.Available.ShouldBe(2);
        half.Root.Number("spec", "replicas").ShouldBe(2);
        var after = await given.DeploymentAsync("shop");
        (after.Image(), after.Root.Number("spec", "replicas")).ShouldBe(("registry.example/app:2", 4));
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-canary", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Goes_on_by_itself_while_the_query_is_good()
    {
        await using var prometheus = await FakePrometheus.StartAsync(0.01);
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:clusters:test:prometheus", prometheus.Url));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new
        {
            type = "canary",
            steps = new[] { new { weight = 50, pause = "3s" } },
            analysis = new { query = "error_rate{app=\"{{canary}}\"}", max = 0.05, interval = "1s" }
        }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        prometheus.Queries.ShouldContain("error_rate{app=\"shop-canary\"}");
        prometheus.Queries.Count.ShouldBeGreaterThanOrEqualTo(2);
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:2");
    }

    [Fact]
    public async Task Returns_to_the_old_version_when_the_query_fails()
    {
        await using var prometheus = await FakePrometheus.StartAsync(0.01);
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:clusters:test:prometheus", prometheus.Url));
        var before = await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 4);

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new
        {
            type = "canary",
            steps = new[] { new { weight = 50, pause = "10m" } },
            analysis = new { query = "error_rate", max = 0.05, interval = "1s" }
        }));
        await Eventually.IsTrue(() => prometheus.Queries.Count >= 2, "the analysis runs");
        prometheus.Value = 0.4;
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("AnalysisFailed");
        ended.Message!.ShouldContain("'error_rate' is 0.4, above 0.05");
        var after = await given.DeploymentAsync("shop");
        System.Text.Json.JsonElement.DeepEquals(after.Root.At("spec", "template")!.Value, before.Root.At("spec", "template")!.Value).ShouldBeTrue();
        after.Root.Number("spec", "replicas").ShouldBe(4);
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-canary", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Returns_when_the_new_pods_do_not_come_up_and_the_old_ones_never_got_fewer()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:crash", new { type = "canary", steps = new[] { new { weight = 50 } } }));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("CrashLoopBackOff");
        var stable = await given.DeploymentAsync("shop");
        stable.Root.Number("status", "availableReplicas").ShouldBe(2);
        stable.Annotation("deployment.kubernetes.io/revision").ShouldBe("1");
    }

    [Fact]
    public async Task Moves_the_weights_of_a_route_and_keeps_its_pods_out_of_the_old_service()
    {
        await CustomResources.InstallAsync(cluster, KubeResource.HttpRoutes);
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop-canary", "--tcp=80:80");
        var route = await cluster.Api.CreateAsync(KubeResource.HttpRoutes, given.Namespace, new
        {
            apiVersion = "gateway.networking.k8s.io/v1",
            kind = "HTTPRoute",
            metadata = new { name = "shop" },
            spec = new { hostnames = new[] { "shop.example" }, rules = new[] { new { backendRefs = new[] { new { name = "shop", port = 80 } } } } }
        }, dryRun: false, default);

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new
        {
            type = "canary",
            steps = new[] { new { weight = 30, pause = true } },
            route = "shop",
            stableService = "shop",
            canaryService = "shop-canary"
        }));
        await given.UntilAsync("op-1", DeployPhases.Paused);
        var weights = (await cluster.Api.GetAsync(KubeResource.HttpRoutes, given.Namespace, "shop", default)).Root.Items("spec", "rules")[0].Items(
            "backendRefs")
            .Select(b => (b.Text("name"), b.Number("weight"))).ToList();
        var stable = await given.DeploymentAsync("shop");
        var newPods = (await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, "app=shop,devopscd.io/track=canary", null, default)).Items;
        var oldPods = (await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, "app=shop,devopscd.io/track!=canary", null, default)).Items;
        var service = await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop-canary", default);
        await given.CommandAsync("op-1", "promote");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        weights.ShouldBe([("shop", 70), ("shop-canary", 30)]);
        stable.Root.Number("spec", "replicas").ShouldBe(2);
        (newPods.Count, oldPods.Count).ShouldBe((1, 2));
        newPods[0].Label("app").ShouldBe(service.Root.Text("spec", "selector", "app"));
        var after = await cluster.Api.GetAsync(KubeResource.HttpRoutes, given.Namespace, "shop", default);
        System.Text.Json.JsonElement.DeepEquals(after.Root.At("spec")!.Value, route.Root.At("spec")!.Value).ShouldBeTrue();
    }

    [Fact]
    public async Task Is_taken_away_by_a_stop()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "canary", steps = new[] { new { weight = 50, pause = true } } }));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        await given.CommandAsync("op-1", "stop");
        await given.CommandAsync("op-1", "stop");
        var ended = await given.UntilAsync("op-1", DeployPhases.Stopped);

        ended.Reason.ShouldBe("Stopped");
        ended.Message!.ShouldStartWith("stopped by engine");
        (await given.DeploymentAsync("shop")).Root.Number("spec", "replicas").ShouldBe(2);
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-canary", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Goes_with_the_workload_that_somebody_deletes()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "canary", steps = new[] { new { weight = 50, pause = true } } }));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        await cluster.KubectlAsync("-n", given.Namespace, "delete", "deployment", "shop");
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("WorkloadNotFound");
        ended.Message!.Split("Deployment 'shop' does not exist").Length.ShouldBe(2);
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-canary", default)).ShouldBeNull();
    }
}
