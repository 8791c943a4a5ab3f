using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.DeployService.Tests;

/// <summary>The engine in its process, the service in its own, the cluster: nothing in between is fake but the pods.</summary>
public sealed class A_batch_of_twenty_applications(TestCluster cluster)
{
    private const int Applications = 20;

    [Fact]
    public async Task Goes_through_engine_service_and_cluster_into_production()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        await using var given = await Given.NothingYetAsync(cluster);
        given.Settings["deploy_service:callback:kind"] = "rabbitmq";
        given.Settings["deploy_service:callback:url"] = broker.Uri.ToString();
        await using var service = await ServiceProcess.StartAsync(given.Settings);
        await using var host = await HostProcess.StartNewAsync("twenty", HostSettings.On(database, broker)
            .With("core__deploy__driver", "http").With("core__k8s__base_url", service.Http.BaseAddress!.ToString()).With("core__k8s__api_key", Given.Key));
        var names = Enumerable.Range(0, Applications).Select(i => $"shop-{i}").ToList();
        await Task.WhenAll(names.SelectMany(n => new[] { n, n + "-live" }).Select(n => cluster.GivenDeploymentAsync(given.Namespace, n)));
        var api = CdApi.Patient(host.Http);
        foreach (var (name, i) in names.Select((n, i) => (n, i)))
        {
            (await api.AddApplication(name)).Expect();
            (await TargetAsync(api, given, name, "pre", name)).Expect();
            (await TargetAsync(api, given, name, "prod", name + "-live")).Expect();
            (await api.AddBuild(name, i + 1)).Expect();
        }

        var batch = (await api.CreateBatch("twenty", "TWENTY-1", names)).Expect().Id;
        await UntilAsync(api, batch, 0);
        (await api.Raise(batch, "approve")).Expect();
        (await api.Raise(batch, "confirm_tag")).Expect();
        await UntilAsync(api, batch, 22);
        var afterPre = await ImagesAsync(given, names);
        (await api.Raise(batch, "start_prod_deploy")).Expect();
        await UntilAsync(api, batch, 32);
        (await api.Raise(batch, "final_accept")).Expect();
        await UntilAsync(api, batch, 40);

        var wanted = names.Select((n, i) => (string?)$"registry.example/{n}:1.0.{i + 1}@sha256:{i + 1:x64}").ToList();
        afterPre.ShouldBe(wanted);
        (await ImagesAsync(given, [.. names.Select(n => n + "-live")])).ShouldBe(wanted);
        var (_, sets) = await cluster.Api.ListAsync(KubeResource.ReplicaSets, given.Namespace, null, null, default);
        sets.Count.ShouldBe(4 * Applications);
        (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items.Count.ShouldBe(
            2 * Applications);
    }

    private static Task<CdAnswer> TargetAsync(CdApi api, Given given, string application, string stage, string workload) => api.Send(
        HttpMethod.Put, $"applications/{application}/targets/{stage}/test",
        new { @namespace = given.Namespace, workload = new { kind = "Deployment", name = workload, container = "app" }, strategy = new { type = "rolling" } });

    private static Task<CdAnswer> UntilAsync(CdApi api, long batch, int state) =>
        Eventually.Sees(() => api.Batch(batch), b => b.IsSuccess && b.State == state, $"the batch is in {state}", TimeSpan.FromMinutes(3));

    private static async Task<List<string?>> ImagesAsync(Given given, IEnumerable<string> names)
    {
        var images = new List<string?>();
        foreach (var name in names)
            images.Add((await given.DeploymentAsync(name)).Image());
        return images;
    }
}
