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

    [Fact]
    public async Task Do_not_keep_the_others_from_being_read_when_one_is_broken()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        foreach (var (name, operation) in new[] { ("op-null", "null"), ("op-empty", ""),
            ("op-part", """{"id":"x","request":null,"hash":"","startedAt":"2026-11-24T00:00:00Z","deadlineAt":"2026-11-24T00:00:00Z"}""") })
        {
            await cluster.Api.CreateAsync(KubeResource.ConfigMaps, given.Records, new
            {
                apiVersion = "v1",
                kind = "ConfigMap",
                metadata = new { name, labels = new Dictionary<string, string> { ["devopscd.io/record"] = "operation" } },
                data = new { operation }
            }, dryRun: false, default);
        }

        await given.StartAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));

        await given.UntilAsync("op-1", DeployPhases.Succeeded);
    }
}
