using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class Records_of_old_operations(TestCluster cluster)
{
    [Fact]
    public async Task Do_not_grow_without_bound()
    {
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:records:history", "2"), ("deploy_service:records:keep_at_least", "0s"));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        for (var i = 1; i <= 5; i++)
        {
            await given.DeployAsync($"op-{i}", given.Request("shop", "registry.example/app:2"));
            await given.UntilAsync($"op-{i}", DeployPhases.Succeeded);
        }

        var left = await Eventually.Sees(
            async () => (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items,
            records => records.Count <= 2, "only the newest are kept");
        left.Count.ShouldBe(2);
        (await given.ViewAsync("op-5")).Phase.ShouldBe(DeployPhases.Succeeded);
    }
}
