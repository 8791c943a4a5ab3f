using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class Numbers_that_change(TestCluster cluster)
{
    private static readonly object s_canary =
        new { type = "canary", steps = new object[] { new { weight = 25, pause = true }, new { weight = 50, pause = true } } };

    [Theory]
    [InlineData("promote", "registry.example/app:2")]
    [InlineData("stop", "registry.example/app:1")]
    public async Task By_kubectl_scale_during_a_canary_are_kept(string command, string image)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 4);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", s_canary));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        await cluster.KubectlAsync("-n", given.Namespace, "scale", "deployment/shop", "--replicas=6");
        await Eventually.Sees(() => given.DeploymentAsync("shop"), d => d.Root.Number("status", "availableReplicas") == 6, "six old pods",
            TimeSpan.FromMinutes(2));
        await given.UntilAsync("op-1", DeployPhases.Paused);
        var scaled = await given.DeploymentAsync("shop");
        if (command == "promote")
        {
            await given.CommandAsync("op-1", "promote");
            await Eventually.Sees(() => given.ViewAsync("op-1"), v => v is { Phase: DeployPhases.Paused } && v.Message!.Contains("step 2"), "paused at step 2",
                TimeSpan.FromMinutes(2));
            (await given.DeploymentAsync("shop")).Root.Number("spec", "replicas").ShouldBe(3);
            (await given.DeploymentAsync("shop-canary")).Root.Number("spec", "replicas").ShouldBe(3);
        }
        await given.CommandAsync("op-1", command);
        await given.UntilAsync("op-1", command == "promote" ? DeployPhases.Succeeded : DeployPhases.Stopped);

        scaled.Root.Number("spec", "replicas").ShouldBe(6);
        var after = await given.DeploymentAsync("shop");
        (after.Image(), after.Root.Number("spec", "replicas"), after.Root.Number("status", "availableReplicas")).ShouldBe((image, 6, 6));
    }

    [Fact]
    public async Task To_nothing_during_a_canary_take_the_canary_along()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", s_canary));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        await cluster.KubectlAsync("-n", given.Namespace, "scale", "deployment/shop", "--replicas=0");

        await Eventually.Sees(() => given.DeploymentAsync("shop-canary"), d => d.Root.Number("spec", "replicas") == 0, "no canary either",
            TimeSpan.FromMinutes(2));
        await given.CommandAsync("op-1", "stop");
        await given.UntilAsync("op-1", DeployPhases.Stopped);
        (await given.DeploymentAsync("shop")).Root.Number("spec", "replicas").ShouldBe(0);
    }

    [Theory]
    [InlineData("canary")]
    [InlineData("blue-green")]
    [InlineData("rolling")]
    public async Task Of_nothing_stay_nothing(string strategy)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        await cluster.KubectlAsync("-n", given.Namespace, "scale", "deployment/shop", "--replicas=0");
        await Eventually.Sees(() => PodsAsync(given), p => p.Count == 0, "no pods", TimeSpan.FromMinutes(2));

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2",
            strategy switch { "canary" => s_canary, "blue-green" => new { type = strategy, service = "shop" }, _ => null }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        var after = await given.DeploymentAsync("shop");
        (after.Image(), after.Root.Number("spec", "replicas")).ShouldBe(("registry.example/app:2", 0));
        (await PodsAsync(given)).ShouldBeEmpty();
        (await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default)).Root.Map("spec", "selector")
            .ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
    }

    [Fact]
    public async Task By_an_autoscaler_are_not_shared_by_ratio()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "autoscale", "deployment/shop", "--min=2", "--max=4", "--cpu-percent=80");
        var request = given.Request("shop", "registry.example/app:2", s_canary);

        var preflight = await given.PreflightAsync(request);
        using var refused = await given.PutAsync("op-1", request);

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        preflight.Results[0].Problems["strategy.route"].Single().ShouldContain("HorizontalPodAutoscaler 'shop'");
        preflight.Results[0].Problems["strategy.route"].Single().ShouldContain("stableService");
    }

    [Fact]
    public async Task While_a_blue_green_waits_are_those_of_the_new_pods_too()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        await given.DeployAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", promote = "manual", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        await cluster.KubectlAsync("-n", given.Namespace, "scale", "deployment/shop", "--replicas=4");
        await Eventually.Sees(() => given.DeploymentAsync("shop-next"), d => d.Root.Number("status", "availableReplicas") == 4, "four new pods",
            TimeSpan.FromMinutes(2));
        await given.UntilAsync("op-1", DeployPhases.Paused);
        await given.CommandAsync("op-1", "promote");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        // An autoscaler sees no load on the old pods any more.
        await cluster.KubectlAsync("-n", given.Namespace, "autoscale", "deployment/shop", "--min=1", "--max=4", "--cpu-percent=80");
        await cluster.KubectlAsync("-n", given.Namespace, "scale", "deployment/shop", "--replicas=1");
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        (await given.DeploymentAsync("shop")).Root.Number("status", "availableReplicas").ShouldBe(4);
    }

    [Theory]
    [InlineData(4, null, null, null, 4, 3, 1)]
    [InlineData(6, 4, 3, null, 6, 4, 2)]
    [InlineData(3, 4, 3, null, 4, 3, 1)]
    public void Are_planned_from_what_is_there(int live, int? size, int? old, int? @new, int total, int oldPods, int newPods)
    {
        var planned = CanaryStrategy.Plan(new CanaryState { Size = size, Old = old, New = @new }, new CanaryStep(25, Manual: true, default), live,
            routed: false);

        (planned!.Size, planned.Old, planned.New).ShouldBe((total, oldPods, newPods));
    }

    private async Task<List<KubeObject>> PodsAsync(Given given) =>
        (await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, "app=shop", null, default)).Items;
}
