using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_cluster_out_of_reach(TestCluster cluster)
{
    [Fact]
    public async Task Makes_its_operations_wait_and_say_why_until_their_deadline()
    {
        await using var given = await WithFarClusterAsync();

        using var created = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:2", timeout: 600) with { Cluster = "far" });
        await given.DeployAsync("op-2", given.Request("cart", "registry.example/app:2", timeout: 4) with { Cluster = "far" });
        var waiting = await given.UntilReasonAsync("op-1", "ClusterUnreachable");
        var ended = await given.UntilAsync("op-2", DeployPhases.Failed);
        using var ready = await given.Http.GetAsync("health/ready");

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        waiting.Phase.ShouldBe(DeployPhases.Progressing);
        waiting.Message!.ShouldContain("cluster 'far' cannot be reached");
        ended.Reason.ShouldBe("DeadlineExceeded");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Lets_its_operations_go_on_when_it_is_back()
    {
        await using var relay =
            TcpRelay.To("127.0.0.1", new Uri(await cluster.KubectlAsync("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}")).Port);
        await using var given = await Given.NothingYetAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        var far = Path.GetTempFileName();
        await File.WriteAllTextAsync(far, System.Text.RegularExpressions.Regex.Replace(await File.ReadAllTextAsync(cluster.Kubeconfig),
            @"https://127\.0\.0\.1:\d+", $"https://127.0.0.1:{relay.Port}"));
        given.Settings["deploy_service:records:cluster"] = "test";
        given.Settings["deploy_service:clusters:far:kubeconfig"] = far;
        given.Settings["deploy_service:clusters:far:namespaces:0"] = given.Namespace;
        await given.StartAsync();
        relay.Cut();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", timeout: 600) with { Cluster = "far" });
        await given.UntilReasonAsync("op-1", "ClusterUnreachable");

        relay.Restore();

        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:2");
    }

    [Fact]
    public async Task Is_a_503_with_a_reason_when_it_is_the_one_that_keeps_the_records()
    {
        await using var relay =
            TcpRelay.To("127.0.0.1", new Uri(await cluster.KubectlAsync("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}")).Port);
        await using var given = await Given.NothingYetAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        var home = Path.GetTempFileName();
        await File.WriteAllTextAsync(home, System.Text.RegularExpressions.Regex.Replace(await File.ReadAllTextAsync(cluster.Kubeconfig),
            @"https://127\.0\.0\.1:\d+", $"https://127.0.0.1:{relay.Port}"));
        given.Settings["deploy_service:clusters:test:kubeconfig"] = home;
        await given.StartAsync();
        relay.Cut();

        using var refused = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:2"));
        relay.Restore();
        using var taken = await Eventually.Sees(() => given.PutAsync("op-1", given.Request("shop", "registry.example/app:2")), a => a.IsSuccessStatusCode,
            "the operation is taken");

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await refused.Content.ReadAsStringAsync()).ShouldContain("cannot be reached");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
    }

    [Fact]
    public async Task Is_reached_by_a_new_connection_when_the_old_one_has_fallen_silent()
    {
        await using var relay =
            TcpRelay.To("127.0.0.1", new Uri(await cluster.KubectlAsync("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}")).Port);
        await using var given = await Given.NothingYetAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        var home = Path.GetTempFileName();
        await File.WriteAllTextAsync(home, System.Text.RegularExpressions.Regex.Replace(await File.ReadAllTextAsync(cluster.Kubeconfig),
            @"https://127\.0\.0\.1:\d+", $"https://127.0.0.1:{relay.Port}"));
        given.Settings["deploy_service:clusters:test:kubeconfig"] = home;
        await given.StartAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", timeout: 600));
        await given.UntilReasonAsync("op-1", "RollingOut");

        relay.Abandon();

        // The watch of the records and every call went over the silent connection; TCP itself would notice after a quarter of an hour.
        using var taken = await Eventually.Sees(() => given.PutAsync("op-2", given.Request("shop", "registry.example/app:2")), a => a.IsSuccessStatusCode,
            "the operation is taken", TimeSpan.FromMinutes(2));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);
    }

    private async Task<Given> WithFarClusterAsync()
    {
        var given = await Given.NothingYetAsync(cluster);
        var nowhere = Path.GetTempFileName();
        await File.WriteAllTextAsync(nowhere, System.Text.RegularExpressions.Regex.Replace(await File.ReadAllTextAsync(cluster.Kubeconfig),
            @"https://127\.0\.0\.1:\d+", $"https://127.0.0.1:{FreePort.Next()}"));
        given.Settings["deploy_service:records:cluster"] = "test";
        given.Settings["deploy_service:clusters:far:kubeconfig"] = nowhere;
        given.Settings["deploy_service:clusters:far:namespaces:0"] = given.Namespace;
        await given.StartAsync();
        return given;
    }
}
