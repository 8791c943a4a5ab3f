using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class What_an_operation_leaves(TestCluster cluster)
{
    public static TheoryData<string> Strategies => ["rolling", "recreate", "canary", "blue-green"];

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task As_a_canary_is_gone_before_the_next_one_begins(string next)
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:bad",
            new { type = "canary", steps = new[] { new { weight = 34, pause = true } }, onFailure = "keep" }, timeout: 20));
        var kept = await given.UntilAsync("op-1", DeployPhases.Failed);
        (await given.DeploymentAsync("shop")).Root.Number("spec", "replicas").ShouldBe(2);

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2", StrategyOf(next)));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);
        await NothingBesideAsync(given);

        kept.Reason.ShouldBe("DeadlineExceeded");
        (await ImagesBehindAsync(given)).ShouldBe(["registry.example/app:2"]);
        (await given.DeploymentAsync("shop")).Root.Number("spec", "replicas").ShouldBe(3);
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task As_a_blue_green_is_gone_before_the_next_one_begins(string next)
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:bad",
            new { type = "blue-green", service = "shop", promote = "manual", onFailure = "keep" }, timeout: 20));
        await given.UntilAsync("op-1", DeployPhases.Failed);

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2", StrategyOf(next)));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);
        await NothingBesideAsync(given);

        (await ImagesBehindAsync(given)).ShouldBe(["registry.example/app:2"]);
    }

    [Theory]
    [InlineData("pause", null)]
    [InlineData(null, "keep")]
    public async Task As_a_recreate_is_not_the_update_strategy(string? onStop, string? onFailure)
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        var before = await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1",
            given.Request("shop", $"registry.example/app:{(onStop is null ? "crash" : "never")}", new { type = "recreate", onStop, onFailure }));
        if (onStop is null)
        {
            await given.UntilAsync("op-1", DeployPhases.Failed);
        }
        else
        {
            await given.UntilReasonAsync("op-1", "RollingOut");
            await given.CommandAsync("op-1", "stop");
            await given.UntilAsync("op-1", DeployPhases.Stopped);
        }

        var left = await given.DeploymentAsync("shop");
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        left.Root.At("spec", "strategy")!.Value.GetRawText().ShouldBe(before.Root.At("spec", "strategy")!.Value.GetRawText());
        left.Annotation("devopscd.io/update-strategy").ShouldBeNull();
        var after = await given.DeploymentAsync("shop");
        after.Root.Flag("spec", "paused").ShouldBeFalse();
        after.Root.At("spec", "strategy")!.Value.GetRawText().ShouldBe(before.Root.At("spec", "strategy")!.Value.GetRawText());
    }

    [Fact]
    public async Task Is_found_again_by_the_next_one_after_the_service_has_forgotten_the_operation()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:bad",
            new { type = "canary", steps = new[] { new { weight = 34, pause = true } }, onFailure = "keep" }, timeout: 20));
        await given.UntilAsync("op-1", DeployPhases.Failed);
        await given.StopAllAsync();
        foreach (var record in (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items)
            await cluster.Api.DeleteAsync(KubeResource.ConfigMaps, given.Records, record.Name, default);
        await given.StartAsync();

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);
        await NothingBesideAsync(given);

        (await ImagesBehindAsync(given)).ShouldBe(["registry.example/app:2"]);
    }

    private static object StrategyOf(string name) => name switch
    {
        "canary" => new { type = name, steps = new[] { new { weight = 50 } } },
        "blue-green" => new { type = name, service = "shop" },
        _ => new { type = name }
    };

    private async Task<Given> ShopAsync()
    {
        var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 3);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        return given;
    }

    private async Task NothingBesideAsync(Given given)
    {
        foreach (var track in new[] { "canary", "next" })
            await Eventually.Sees(() => cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, $"shop-{track}", default), d => d is null,
                $"no {track} is left", TimeSpan.FromMinutes(2));
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default),
            s => s.Root.Map("spec", "selector").Count == 1, "the Service has its selector", TimeSpan.FromMinutes(2));
    }

    private async Task<List<string>> ImagesBehindAsync(Given given)
    {
        var (_, pods) = await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, "app=shop", null, default);
        return [.. pods.Where(p => !p.Deleting).Select(p => p.Root.Items("spec", "containers")[0].Text("image")!).Distinct()];
    }
}
