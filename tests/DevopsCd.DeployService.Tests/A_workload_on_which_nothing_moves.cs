using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_workload_on_which_nothing_moves(TestCluster cluster)
{
    [Fact]
    public async Task Is_a_workload_at_no_replicas_and_says_so()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.KubectlAsync("-n", given.Namespace, "scale", "deployment/shop", "--replicas=0");
        await Eventually.Sees(() => given.DeploymentAsync("shop"), d => (d.Root.Number("status", "replicas") ?? 0) == 0, "no pod is left");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        var ended = await given.UntilAsync("op-1", DeployPhases.Succeeded);

        ended.Reason.ShouldBe("NothingRuns");
        ended.Message!.ShouldContain("scaled to 0");
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:2");
    }

    [Theory]
    [InlineData(2, "NothingRuns", "partition 2 lets none of the 2 pods move")]
    [InlineData(1, "HeldByPartition", "1 pods run the image; partition 1 holds the others")]
    public async Task Is_a_stateful_set_held_by_its_partition_and_says_so(int partition, string reason, string told)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.Api.CreateAsync(KubeResource.StatefulSets, given.Namespace, new
        {
            apiVersion = "apps/v1",
            kind = "StatefulSet",
            metadata = new { name = "db" },
            spec = new
            {
                replicas = 2,
                serviceName = "db",
                updateStrategy = new { type = "RollingUpdate", rollingUpdate = new { partition } },
                selector = new { matchLabels = new { app = "db" } },
                template = new { metadata = new { labels = new { app = "db" } }, spec = KubeTestExtensions.PodSpec("registry.example/db:1", puppets: true) }
            }
        }, dryRun: false, default);
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.StatefulSets, given.Namespace, "db", default),
            s => s.Root.Number("status", "readyReplicas") == 2, "the first rollout is over", TimeSpan.FromMinutes(2));

        await given.DeployAsync("op-1", given.Request("db", "registry.example/db:2", kind: "StatefulSet"));
        var ended = await given.UntilAsync("op-1", DeployPhases.Succeeded);

        ended.Reason.ShouldBe(reason);
        ended.Message!.ShouldContain(told);
    }

    [Fact]
    public async Task Is_a_daemon_set_that_matches_no_node_and_says_so()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.Api.CreateAsync(KubeResource.DaemonSets, given.Namespace, new
        {
            apiVersion = "apps/v1",
            kind = "DaemonSet",
            metadata = new { name = "agent" },
            spec = new
            {
                selector = new { matchLabels = new { app = "agent" } },
                template = new
                {
                    metadata = new { labels = new { app = "agent" } },
                    spec = KubeTestExtensions.PodSpec("registry.example/agent:1", nodeSelector: new { disk = "golden" })
                }
            }
        }, dryRun: false, default);

        await given.DeployAsync("op-1", given.Request("agent", "registry.example/agent:2", kind: "DaemonSet"));
        var ended = await given.UntilAsync("op-1", DeployPhases.Succeeded);

        ended.Reason.ShouldBe("NothingRuns");
        ended.Message!.ShouldContain("no node matches");
    }
}
