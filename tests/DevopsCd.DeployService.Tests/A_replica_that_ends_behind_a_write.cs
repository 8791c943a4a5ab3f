using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.DeployService.Tests;

/// <summary>
/// An operation whose replica is cut off behind its first write, another whose replica is behind its second, and so on up to one that
/// needs no more of them. Another replica takes each of them over, and goes on with it or gets a stop at once.
/// </summary>
public sealed class A_replica_that_ends_behind_a_write(TestCluster cluster)
{
    private const int Size = 4;
    private const int AtOnce = 4;
    private const string Old = "registry.example/app:1";
    private const string New = "registry.example/app:2";

    private static readonly Dictionary<string, object> s_strategies = new()
    {
        ["ratio"] = new { type = "canary", steps = new object[] { new { weight = 25 }, new { weight = 50, pause = true } } },
        ["route"] = new
        {
            type = "canary",
            route = "shop",
            stableService = "shop",
            canaryService = "shop-canary",
            steps = new object[] { new { weight = 50, pause = true } }
        },
        ["blue-green"] = new { type = "blue-green", service = "shop", promote = "manual", keepOld = "0s" },
        ["recreate"] = new { type = "recreate" }
    };

    [Theory]
    [InlineData("ratio", "promote", 120)]
    [InlineData("ratio", "stop", 0)]
    [InlineData("ratio", "stop at once", -120)]
    [InlineData("route", "promote", -120)]
    [InlineData("route", "stop at once", 120)]
    [InlineData("blue-green", "promote", 120)]
    [InlineData("blue-green", "stop at once", 0)]
    [InlineData("recreate", "promote", 0)]
    [InlineData("recreate", "stop at once", 120)]
    public async Task Leaves_it_to_another_that_makes_the_workload_whole(string strategy, string then, int secondsAhead)
    {
        if (strategy == "route")
            await CustomResources.InstallAsync(cluster, KubeResource.HttpRoutes);
        var unlike = new ConcurrentDictionary<int, string>();
        var broke = true;

        for (var first = 1; broke; first += AtOnce)
        {
            var runs = await Task.WhenAll(Enumerable.Range(first, AtOnce).Select(n => BreakAsync(n, strategy, then, TimeSpan.FromSeconds(secondsAhead))));
            foreach (var (run, i) in runs.Select((r, i) => (r, i)))
                if (run.Seen != Whole(run.Phase))
                    unlike[first + i] = $"{run.Phase}: {run.Seen}\n  behind {string.Join(", ", run.Writes)}";
            broke = runs.All(r => r.Broke);
        }

        unlike.OrderBy(u => u.Key).Select(u => $"{u.Key}: {u.Value}").ShouldBeEmpty();
    }

    private static string Whole(string phase) => Shop.Whole(phase == DeployPhases.Succeeded ? New : Old, Size);

    private async Task<(bool Broke, string Phase, string Seen, IReadOnlyList<string> Writes)> BreakAsync(int behind, string strategy, string then,
        TimeSpan ahead)
    {
        await using var given = await Given.NothingYetAsync(cluster);
        await Shop.SetUpAsync(given, Old, Size, withRoute: strategy == "route");
        var request = given.Request("shop", New, s_strategies[strategy]);
        await using var wire = await Wire.StartAsync(cluster);
        await using var breaking =
            await ServiceInProcess.StartAsync(new Dictionary<string, string?>(given.Settings) { ["deploy_service:clusters:test:kubeconfig"] = wire.Kubeconfig },
            services => services.AddSingleton(new ClusterClock(new WrongClock(ahead))));
        wire.BreakBehind(behind);

        var end = await DriveAsync(given, request, then == "stop" ? "stop" : "promote", breaking.Http, wire);
        if (end is null)
        {
            await given.StartAsync();
            if (then == "stop at once")
            {
                using var accepted = await given.PutAsync("op-1", request);
                using var stopped = await given.Http.PostAsync("api/v1/deployments/op-1/stop", null);
            }
            end = await DriveAsync(given, request, then == "stop" ? "stop" : "promote", given.Http, null);
        }
        var whole = Whole(end!.Phase);
        var seen = "";
        try
        {
            // Whoever is left finishes what an ended operation has still to do.
            await Eventually.Sees(async () => seen = await Shop.SeenAsync(given, withRoute: strategy == "route"), s => s == whole || wire.IsBroken,
                "all as it should be", TimeSpan.FromMinutes(1));
            if (wire.IsBroken && given.Http is null)
                await given.StartAsync();
            await Eventually.Sees(async () => seen = await Shop.SeenAsync(given, withRoute: strategy == "route"), s => s == whole,
                "all as it should be", TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            // Told with all the others.
        }
        return (wire.IsBroken, end.Phase, seen, wire.Writes);
    }

    /// <summary>Sends it until it has ended, as the engine does, and what a person says at each pause; null when the replica has been cut off.</summary>
    private static Task<DeployOperationView?> DriveAsync(Given given, DeployOperationRequest request, string verb, HttpClient at, Wire? wire) =>
        Eventually.Sees(async () =>
    {
        if (wire?.IsBroken is true)
            return null;
        using var answer = await given.PutAsync("op-1", request, at);
        var view = await answer.Content.ReadFromJsonAsync<DeployOperationView>(Json.Options);
        if (view!.Phase == DeployPhases.Paused)
        {
            using var said = await at.PostAsync($"api/v1/deployments/op-1/{verb}", null);
        }
        return view;
    }, view => view is null || DeployPhases.HasEnded(view.Phase), $"the operation {verb}", TimeSpan.FromMinutes(3));
}
