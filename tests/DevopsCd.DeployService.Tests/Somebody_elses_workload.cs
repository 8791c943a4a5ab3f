using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;

namespace DevopsCd.DeployService.Tests;

public sealed class Somebody_elses_workload(TestCluster cluster)
{
    private static readonly object s_canary = new { type = "canary", steps = new[] { new { weight = 50, pause = true } } };

    public static TheoryData<string> Tracks => ["canary", "next"];

    [Theory]
    [MemberData(nameof(Tracks))]
    public async Task Is_not_taken_for_a_second_workload_because_the_service_has_deployed_it(string track)
    {
        await using var given = await ShopAsync();
        var other = $"shop-{track}";
        await cluster.GivenDeploymentAsync(given.Namespace, other);
        await given.DeployAsync("op-other", given.Request(other, "registry.example/other:2"));
        await given.UntilAsync("op-other", DeployPhases.Succeeded);
        var before = await given.DeploymentAsync(other);
        var request = given.Request("shop", "registry.example/app:2", StrategyOf(track));

        var preflight = await given.PreflightAsync(request);
        using var refused = await given.PutAsync("op-1", request);

        preflight.Ok.ShouldBeFalse();
        preflight.Results[0].Problems["workload.name"].Single().ShouldContain($"'{other}'");
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await given.DeploymentAsync(other)).ResourceVersion.ShouldBe(before.ResourceVersion);
    }

    [Fact]
    public async Task Is_not_deleted_as_a_copy_of_a_canary_in_another_namespace()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", s_canary));
        await given.UntilAsync("op-1", DeployPhases.Paused);
        await using var there = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(there.Namespace, "shop", replicas: 2);
        await CopyAsync(given.Namespace, "shop-canary", there.Namespace, "shop-canary");
        var copy = await there.DeploymentAsync("shop-canary");

        using var refused = await there.PutAsync("op-2", there.Request("shop", "registry.example/app:3", s_canary));
        await there.DeployAsync("op-3", there.Request("shop", "registry.example/app:3"));
        await there.UntilAsync("op-3", DeployPhases.Succeeded);

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await there.DeploymentAsync("shop-canary")).Uid.ShouldBe(copy.Uid);
    }

    [Fact]
    public async Task Is_deployed_although_it_is_a_copy_with_stamps_of_another_or_of_nobody()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await CopyAsync(given.Namespace, "shop", given.Namespace, "copy");
        foreach (var (name, value) in new[] { ("operation", "op-of-nobody"), ("accepted-at", "2099-01-01T00:00:00Z"), ("update-strategy", "{rubbish"),
            ("state", "returned") })
            await cluster.KubectlAsync("-n", given.Namespace, "annotate", "--overwrite", "deployment/shop", $"devopscd.io/{name}={value}");
        await cluster.KubectlAsync("-n", given.Namespace, "annotate", "--overwrite", "deployment/copy", "devopscd.io/accepted-at=2099-01-01T00:00:00Z");

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3", new { type = "blue-green", service = "shop" }));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);
        await given.DeployAsync("op-3", given.Request("copy", "registry.example/app:3"));
        await given.UntilAsync("op-3", DeployPhases.Succeeded);
        await given.DeployAsync("op-4", given.Request("shop", "registry.example/app:4"));
        await given.UntilAsync("op-4", DeployPhases.Succeeded);

        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:4");
        (await given.DeploymentAsync("copy")).Image().ShouldBe("registry.example/app:3");
    }

    [Fact]
    public async Task Gets_no_stamp_from_a_label_of_a_caller()
    {
        await using var given = await ShopAsync();
        var request = given.Request("shop", "registry.example/app:2") with
        {
            Labels = new()
            {
                ["devopscd.io/update-strategy"] = "{rubbish",
                ["devopscd.io/workload-uid"] = "x",
                ["devopscd.io/attempt"] = "2",
                ["devopscd.io/operation"] = "op-0"
            }
        };

        await given.DeployAsync("op-1", request);
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        var live = await given.DeploymentAsync("shop");
        live.Annotation("devopscd.io/operation").ShouldBe("op-1");
        live.Annotation("devopscd.io/update-strategy").ShouldBeNull();
        live.Annotation("label.devopscd.io/update-strategy").ShouldBe("{rubbish");
        live.Annotation("devopscd.io/attempt").ShouldBe("2");
    }

    private static object StrategyOf(string track) => track == "canary" ? s_canary : new { type = "blue-green", service = "shop" };

    private async Task CopyAsync(string from, string name, string to, string newName)
    {
        var copy = (await cluster.KubectlAsync("-n", from, "get", "deployment", name, "-o", "yaml"))
            .Replace($"\n  name: {name}\n", $"\n  name: {newName}\n", StringComparison.Ordinal)
            .Replace($"namespace: {from}", $"namespace: {to}", StringComparison.Ordinal);
        var lines = copy.Split('\n')
            .Where(l => !l.StartsWith("  uid:", StringComparison.Ordinal) && !l.StartsWith("  resourceVersion:", StringComparison.Ordinal));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, string.Join('\n', lines));
        await cluster.KubectlAsync("create", "-f", file);
    }

    private async Task<Given> ShopAsync()
    {
        var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        return given;
    }
}
