using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;

namespace DevopsCd.DeployService.Tests;

/// <summary>
/// A write that a replica has decided on, and that comes to the API server after another replica has taken the operation back and ended
/// it: the replica was slow, or the way was, and whoever sent it may have given it up long ago.
/// </summary>
public sealed class A_write_that_comes_late(TestCluster cluster)
{
    private const int Size = 2;
    private const string Old = "registry.example/app:1";

    private static readonly Dictionary<string, object> s_strategies = new()
    {
        ["rolling"] = new { type = "rolling", onFailure = "return" },
        ["recreate"] = new { type = "recreate" },
        ["blue-green"] = new { type = "blue-green", service = "shop", promote = "manual" },
        ["ratio"] = new { type = "canary", steps = new object[] { new { weight = 50, pause = true } } },
        ["route"] = new { type = "canary", route = "shop", stableService = "shop", canaryService = "shop-canary", steps = new object[] { new { weight = 50, pause = true } } }
    };

    [Theory]
    [InlineData("rolling", "PATCH", "deployments/shop")]
    [InlineData("recreate", "PATCH", "deployments/shop")]
    [InlineData("blue-green", "PATCH", "deployments/shop")]
    [InlineData("blue-green", "PATCH", "services/shop")]
    [InlineData("blue-green", "POST", "deployments")]
    [InlineData("blue-green", "PATCH", "deployments/shop-next")]
    [InlineData("ratio", "POST", "deployments")]
    [InlineData("ratio", "PATCH", "deployments/shop-canary")]
    [InlineData("route", "PATCH", "services/shop")]
    [InlineData("route", "PATCH", "services/shop-canary")]
    [InlineData("route", "PATCH", "httproutes/shop")]
    public async Task Changes_nothing_that_runs_or_gets_traffic(string strategy, string method, string path)
    {
        var withRoute = strategy == "route";
        if (withRoute)
            await CustomResources.InstallAsync(cluster, KubeResource.HttpRoutes);
        await using var given = await Given.NothingYetAsync(cluster);
        await Shop.SetUpAsync(given, Old, Size, withRoute);
        await using var wire = await Wire.StartAsync(cluster);
        wire.Keep(method, path);
        await using (var slow = await ServiceInProcess.StartAsync(new Dictionary<string, string?>(given.Settings) { ["deploy_service:clusters:test:kubeconfig"] = wire.Kubeconfig }))
        {
            using var accepted = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:2", s_strategies[strategy]), slow.Http);
            accepted.IsSuccessStatusCode.ShouldBeTrue(await accepted.Content.ReadAsStringAsync());
            await wire.KeptAsync();
            using var stopped = await slow.Http.PostAsync("api/v1/deployments/op-1/stop", null);
            stopped.IsSuccessStatusCode.ShouldBeTrue(await stopped.Content.ReadAsStringAsync());
            await given.StartAsync();
            await given.UntilAsync("op-1", DeployPhases.Stopped);

            var answer = await wire.LetGoAsync();

            answer.ShouldBe(method == "POST" ? HttpStatusCode.Created : path.Contains('-', StringComparison.Ordinal) && path.StartsWith("deployments", StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.Conflict);
        }
        var second = method == "POST" ? await given.DeploymentAsync(strategy == "ratio" ? "shop-canary" : "shop-next") : null;
        (await Shop.SeenAsync(given, withRoute)).ShouldBe(Shop.Whole(Old, Size).Replace("beside it nothing", $"beside it {second?.Name ?? "nothing"}", StringComparison.Ordinal));
        second?.Root.Flag("spec", "paused").ShouldBeTrue();

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);
        (await Shop.SeenAsync(given, withRoute)).ShouldBe(Shop.Whole("registry.example/app:3", Size));
    }
}
