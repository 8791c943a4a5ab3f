using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_record_that_somebody_changes(TestCluster cluster)
{
    [Theory]
    [InlineData("status", "not JSON")]
    [InlineData("status", """{"phase":"progressing","intent":"rubbish"}""")]
    [InlineData("status", """{"phase":"succeeded"}""")]
    [InlineData("operation", "{}")]
    [InlineData("previous", "[")]
    [InlineData("previous", "\"none\"")]
    [InlineData("previous", """{"foo":1}""")]
    [InlineData("previous", """{"template":{},"replicas":"many"}""")]
    [InlineData("previous", """{"template":{"spec":{"containers":[{}]}},"image":"app:1"}""")]
    public async Task Is_written_anew_while_the_operation_is_under_way(string key, string rubbish)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never"));
        await given.UntilReasonAsync("op-1", "RollingOut");

        await ChangeAsync(given, key, rubbish);
        await given.CommandAsync("op-1", "stop");
        var ended = await given.UntilAsync("op-1", DeployPhases.Stopped);

        ended.Reason.ShouldBe("Stopped");
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:1");
        await given.RestartAsync();
        (await given.ViewAsync("op-1")).Reason.ShouldBe("Stopped");
    }

    [Theory]
    [InlineData("status", """{"phase":"progressing","intent":"rubbish"}""")]
    [InlineData("status", """{"phase":"progressing","intent":"return"}""")]
    [InlineData("operation", """{"id":"op-1","request":{"application":"shop","stage":"pre","cluster":"test","namespace":"NAMESPACE","workload":{"kind":"Deployment","name":"shop"},"image":"app:2"},"hash":"","startedAt":"9999-12-31T23:59:59.9999999Z","deadlineAt":"9999-12-31T23:59:59.9999999Z"}""")]
    public async Task Keeps_no_later_operation_from_its_workload(string key, string rubbish)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await given.StopAllAsync();
        await ChangeAsync(given, key, rubbish.Replace("NAMESPACE", given.Namespace, StringComparison.Ordinal));

        await given.StartAsync();
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:3");
    }

    [Fact]
    public async Task Counts_only_under_its_own_name()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never"));
        await given.UntilReasonAsync("op-1", "RollingOut");
        var record = await RecordAsync(given);
        var copy = new
        {
            apiVersion = "v1",
            kind = "ConfigMap",
            metadata = new { name = "a-copy", labels = record.Root.Map("metadata", "labels") },
            data = record.Root.Map("data")
        };

        await cluster.Api.CreateAsync(KubeResource.ConfigMaps, given.Records, copy, dryRun: false, default);
        await given.CommandAsync("op-1", "stop");
        await given.UntilAsync("op-1", DeployPhases.Stopped);
        await cluster.Api.DeleteAsync(KubeResource.ConfigMaps, given.Records, "a-copy", default);
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        (await given.ViewAsync("op-1")).Phase.ShouldBe(DeployPhases.Stopped);
    }

    private async Task<KubeObject> RecordAsync(Given given) =>
        (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items.Single();

    private async Task ChangeAsync(Given given, string key, string value) =>
        await cluster.Api.MergeAsync(KubeResource.ConfigMaps, given.Records, (await RecordAsync(given)).Name,
            new { data = new Dictionary<string, string> { [key] = value } }, default);
}
