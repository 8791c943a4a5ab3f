using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

/// <summary>In the middle of an upgrade a newer replica has written records that this one cannot read.</summary>
public sealed class A_record_of_a_newer_version(TestCluster cluster)
{
    [Fact]
    public async Task Is_left_alone_and_said_to_be_so()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never"));
        await given.UntilReasonAsync("op-1", "RollingOut");
        var newer = await cluster.Api.MergeAsync(KubeResource.ConfigMaps, given.Records, (await RecordAsync(given)).Name,
            new { data = new { format = $"{OperationStore.Format + 1}", operation = "something else", status = "something new" } }, default);

        await Eventually.IsTrue(async () => (await given.Http.GetAsync("api/v1/deployments/op-1")).StatusCode == HttpStatusCode.ServiceUnavailable,
            "the replica does not know it any more");
        using var read = await given.Http.GetAsync("api/v1/deployments/op-1");
        using var stop = await given.Http.PostAsync("api/v1/deployments/op-1/stop", null);
        using var again = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:never"));
        using var next = await given.PutAsync("op-2", given.Request("shop", "registry.example/app:2"));

        new[] { read, stop, again, next }.ShouldAllBe(a => a.StatusCode == HttpStatusCode.ServiceUnavailable && a.Headers.RetryAfter != null);
        (await read.Content.ReadAsStringAsync()).ShouldContain("newer version");
        var kept = await RecordAsync(given);
        kept.Root.Map("data").ShouldBe(newer.Root.Map("data"));
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:never");
    }

    [Fact]
    public async Task Hinders_no_later_operation_once_it_has_ended()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await cluster.Api.MergeAsync(KubeResource.ConfigMaps, given.Records, (await RecordAsync(given)).Name,
            new { data = new { format = $"{OperationStore.Format + 1}" } }, default);
        await given.RestartAsync();

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:3");
    }

    private async Task<KubeObject> RecordAsync(Given given) =>
        (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items.Single();
}
