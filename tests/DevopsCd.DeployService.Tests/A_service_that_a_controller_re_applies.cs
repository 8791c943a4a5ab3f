using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_service_that_a_controller_re_applies(TestCluster cluster)
{
    private static readonly object s_plain = new { app = "shop" };

    [Theory]
    [InlineData("manual")]
    [InlineData("auto")]
    public async Task Ends_a_blue_green_instead_of_serving_both_versions_by_turns(string promote)
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", promote == "manual" ? "registry.example/app:2" : "registry.example/app:never",
            new { type = "blue-green", service = "shop", promote }));
        await Eventually.Sees(() => cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default), d => d is not null,
            "the second workload is there");

        await cluster.Api.EditAsync(KubeResource.Services, given.Namespace, "shop", [new("replace", "/spec/selector", s_plain)], default);
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        ended.Message!.ShouldContain("has set the selector of Service 'shop' back");
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default)).ShouldBeNull();
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:1");
        (await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default)).Annotation("devopscd.io/operation").ShouldBeNull();
    }

    [Fact]
    public async Task Is_told_and_left_alone_while_the_old_pods_are_kept()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        await cluster.Api.EditAsync(KubeResource.Services, given.Namespace, "shop", [new("replace", "/spec/selector", s_plain)], default);
        var told = await Eventually.Sees(() => given.ViewAsync("op-1"), v => v.Message!.Contains("ChangedByOthers", StringComparison.Ordinal), "it is told",
            TimeSpan.FromMinutes(2));
        var left = await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default);
        await given.CommandAsync("op-1", "rollback");
        await given.UntilAsync("op-1", DeployPhases.Stopped);

        told.Phase.ShouldBe(DeployPhases.Succeeded);
        told.Message!.ShouldContain("somebody has pointed Service 'shop' at 'app=shop'");
        left.Root.Map("spec", "selector").ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:1");
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Has_nothing_of_ours_on_it_after_the_operation()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "0s" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        var service = await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default),
            s => s.Root.Map("spec", "selector").Count == 1, "the selector is back", TimeSpan.FromMinutes(2));

        service.Root.Map("spec", "selector").ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
        service.Root.Map("metadata", "annotations").Keys.ShouldNotContain(k => k.StartsWith("devopscd.io/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Is_told_when_it_is_gone_after_the_way_back()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", promote = "manual" }));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        await cluster.Api.DeleteAsync(KubeResource.Services, given.Namespace, "shop", default);
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ServiceNotFound");
        ended.Message!.ShouldContain("Service 'shop' no longer exists: nothing sends them traffic");
        ended.Message!.ShouldNotContain("selects the old version");
    }

    [Fact]
    public async Task Is_not_needed_to_say_what_still_runs_for_a_workload_that_was_deleted()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        await cluster.Api.DeleteAsync(KubeResource.Deployments, given.Namespace, "shop", default);
        using var refused = await given.PutAsync("op-2", given.Request("shop", "registry.example/app:3"));

        (await refused.Content.ReadAsStringAsync()).ShouldContain("its second workload 'shop-next' still runs 'registry.example/app:2'");
    }

    private async Task<Given> ShopAsync()
    {
        var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        return given;
    }
}
