using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_canary_whose_record_somebody_changes(TestCluster cluster)
{
    private static readonly object s_halfway = new { type = "canary", steps = new[] { new { weight = 50, pause = true } } };

    [Fact]
    public async Task Goes_on_when_it_was_deleted()
    {
        await using var given = await HalfwayAsync();

        await cluster.Api.DeleteAsync(KubeResource.ConfigMaps, given.Records, (await RecordAsync(given)).Name, default);
        await Eventually.Sees(() => RecordsAsync(given), r => r.Count == 1, "the record is written anew", TimeSpan.FromMinutes(2));
        await given.RestartAsync();
        await given.CommandAsync("op-1", "promote");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        var shop = await given.DeploymentAsync("shop");
        (shop.Image(), shop.Root.Number("spec", "replicas")).ShouldBe(("registry.example/app:2", 4));
    }

    [Theory]
    [InlineData("""{"step":99}""")]
    [InlineData("""{"step":"first"}""")]
    [InlineData("[]")]
    public async Task Goes_on_when_its_state_is_rubbish(string state)
    {
        await using var given = await HalfwayAsync();
        var record = await RecordAsync(given);
        var status = $$"""{"phase":"paused","intent":"deploy","state":{{state}}}""";

        await cluster.Api.MergeAsync(KubeResource.ConfigMaps, given.Records, record.Name, new { data = new { status } }, default);
        await Eventually.Sees(() => RecordAsync(given), r => !r.Root.Text("data", "status")!.Contains(state, StringComparison.Ordinal),
            "the record is written anew", TimeSpan.FromMinutes(2));
        await given.CommandAsync("op-1", "promote");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        (await given.DeploymentAsync("shop")).Root.Number("spec", "replicas").ShouldBe(4);
    }

    [Fact]
    public async Task Is_taken_away_by_the_next_operation_when_no_replica_knows_it_any_more()
    {
        await using var given = await HalfwayAsync();
        await LoseAsync(given);

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        var shop = await given.DeploymentAsync("shop");
        (shop.Image(), shop.Root.Number("spec", "replicas")).ShouldBe(("registry.example/app:3", 4));
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-canary", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Leaves_a_number_of_pods_that_somebody_has_set_since()
    {
        await using var given = await HalfwayAsync();
        await LoseAsync(given, () => cluster.KubectlAsync("-n", given.Namespace, "scale", "deployment/shop", "--replicas=3"));

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        (await given.DeploymentAsync("shop")).Root.Number("spec", "replicas").ShouldBe(3);
    }

    [Fact]
    public async Task Is_not_made_up_of_what_somebody_else_has_written_on_a_workload()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "annotate", "deployment/shop", "devopscd.io/operation=nobody", "devopscd.io/state=canary",
            "devopscd.io/size=2 of 9");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        (await given.DeploymentAsync("shop")).Root.Number("spec", "replicas").ShouldBe(2);
    }

    [Fact]
    public async Task Lets_a_Service_that_a_blue_green_had_switched_find_pods_again()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await LoseAsync(given);

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        var service = await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default);
        service.Root.Map("spec", "selector").ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
        service.Annotation("devopscd.io/operation").ShouldBeNull();
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default)).ShouldBeNull();
    }

    private async Task<Given> HalfwayAsync()
    {
        var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 4);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", s_halfway));
        await given.UntilAsync("op-1", DeployPhases.Paused);
        (await given.DeploymentAsync("shop")).Root.Number("spec", "replicas").ShouldBe(2);
        return given;
    }

    /// <summary>No replica runs when the record goes, so none can write it anew.</summary>
    private async Task LoseAsync(Given given, Func<Task>? meanwhile = null)
    {
        await given.StopAllAsync();
        await cluster.Api.DeleteAsync(KubeResource.ConfigMaps, given.Records, (await RecordAsync(given)).Name, default);
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        await given.StartAsync();
    }

    private async Task<KubeObject> RecordAsync(Given given) => (await RecordsAsync(given)).Single();

    private async Task<List<KubeObject>> RecordsAsync(Given given) =>
        (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items;
}
