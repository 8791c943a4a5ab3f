using System.Net;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;

namespace DevopsCd.DeployService.Tests;

public sealed class A_recreate_operation(TestCluster cluster)
{
    [Fact]
    public async Task Ends_the_old_pods_first_and_leaves_the_update_strategy_as_it_was()
    {
        await using var given = await Given.ServiceAsync(cluster);
        var before = await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2, puppets: false);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "recreate" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        var after = await given.DeploymentAsync("shop");
        after.Image().ShouldBe("registry.example/app:2");
        JsonElement.DeepEquals(after.Root.At("spec", "strategy")!.Value, before.Root.At("spec", "strategy")!.Value).ShouldBeTrue();
        var (_, sets) = await cluster.Api.ListAsync(KubeResource.ReplicaSets, given.Namespace, null, null, default);
        var created = (await cluster.Api.ListAsync(KubeResource.Events, given.Namespace, null, "reason=ScalingReplicaSet", default)).Items
            .OrderBy(e => ulong.Parse(e.ResourceVersion)).Select(e => e.Root.Text("message")!).ToList();
        sets.Count.ShouldBe(2);
        created.FindIndex(m => m.Contains("to 0", StringComparison.Ordinal)).ShouldBeInRange(0,
            created.FindLastIndex(m => m.Contains("Scaled up", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Is_no_failure_where_another_replica_has_put_its_update_strategy_back_already()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await using var first = await Wire.StartAsync(cluster);
        await using var second = await Wire.StartAsync(cluster);
        first.Keep("PATCH", "deployments/shop", saying: "\"remove\"");
        second.Keep("PATCH", "configmaps/op-[0-9a-f]+");
        given.Settings["deploy_service:clusters:test:kubeconfig"] = first.Kubeconfig;
        await given.StartAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "recreate", onFailure = "return" }));
        await first.KeptAsync();
        await using var other = await ServiceInProcess.StartAsync(
            new Dictionary<string, string?>(given.Settings) { ["deploy_service:clusters:test:kubeconfig"] = second.Kubeconfig });
        await second.KeptAsync();

        var answer = await first.LetGoAsync();
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        answer.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:2");
        (await second.LetGoAsync()).ShouldBe(HttpStatusCode.Conflict);
    }
}
