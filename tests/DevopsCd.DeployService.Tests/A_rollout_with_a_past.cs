using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_rollout_with_a_past(TestCluster cluster)
{
    [Fact]
    public async Task Is_not_ended_by_a_pod_that_died_weeks_ago()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await EvictAsync(given, "app=shop");
        await Eventually.Sees(() => given.DeploymentAsync("shop"), d => d.Root.Number("status", "availableReplicas") == 2, "the dead pod is replaced",
            TimeSpan.FromMinutes(2));

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await given.CommandAsync("op-1", "rollback");
        var back = await given.UntilAsync("op-1", DeployPhases.Stopped);
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:1"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        back.Reason.ShouldBe("RolledBack");
        (await PodsAsync(given, "app=shop")).Select(p => p.Root.Text("status", "phase")).ShouldContain("Failed");
    }

    [Fact]
    public async Task Waits_for_the_pod_that_replaces_an_evicted_one()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "canary", steps = new[] { new { weight = 50, pause = true } } }));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        await EvictAsync(given, "devopscd.io/track=canary");
        await Eventually.Sees(() => PodsAsync(given, "devopscd.io/track=canary"), p => p.Any(IsRunning), "the canary's pod is replaced",
            TimeSpan.FromMinutes(2));
        await given.UntilAsync("op-1", DeployPhases.Paused);
        await given.CommandAsync("op-1", "promote");

        await given.UntilAsync("op-1", DeployPhases.Succeeded);
    }

    [Fact]
    public async Task Is_not_failed_by_the_progress_deadline_of_the_one_before()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.KubectlAsync("-n", given.Namespace, "patch", "deployment", "shop", "-p", """{"spec":{"progressDeadlineSeconds":2}}""");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never"));
        var late = await given.UntilAsync("op-1", DeployPhases.Failed);

        await given.CommandAsync("op-1", "rollback");
        var back = await given.UntilAsync("op-1", DeployPhases.Stopped);
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:never-again", new { type = "rolling", onFailure = "return" }));
        var returned = await given.UntilAsync("op-2", DeployPhases.Failed);
        await given.DeployAsync("op-3", given.Request("shop", "registry.example/app:never"));
        await given.UntilAsync("op-3", DeployPhases.Failed);
        await given.DeployAsync("op-4", given.Request("shop", "registry.example/app:1"));
        await given.UntilAsync("op-4", DeployPhases.Succeeded);

        (late.Reason, back.Reason, returned.Reason).ShouldBe(("ProgressDeadlineExceeded", "RolledBack", "ProgressDeadlineExceeded"));
        returned.Message!.ShouldContain("1 of 1 pods run the image");
    }

    [Fact]
    public async Task Of_a_stateful_set_is_complete_when_every_pod_is_updated_and_not_before()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.Api.CreateAsync(KubeResource.StatefulSets, given.Namespace, new
        {
            apiVersion = "apps/v1",
            kind = "StatefulSet",
            metadata = new { name = "db" },
            spec = new
            {
                replicas = 3,
                serviceName = "db",
                podManagementPolicy = "Parallel",
                selector = new { matchLabels = new { app = "db" } },
                template = new { metadata = new { labels = new { app = "db" } }, spec = KubeTestExtensions.PodSpec("registry.example/db:1", puppets: true) },
                updateStrategy = new { type = "RollingUpdate", rollingUpdate = new { partition = 1 } }
            }
        }, dryRun: false, default);
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.StatefulSets, given.Namespace, "db", default),
            s => s.Root.Number("status", "readyReplicas") == 3, "the first rollout is over", TimeSpan.FromMinutes(2));
        await given.DeployAsync("op-1", given.Request("db", "registry.example/db:2", kind: "StatefulSet"));
        var part = await given.UntilAsync("op-1", DeployPhases.Succeeded);
        // Two of three are new; now all go back, in one write with the partition.
        await cluster.KubectlAsync("-n", given.Namespace, "patch", "statefulset", "db", "-p",
            """{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}},"template":{"spec":{"containers":[{"name":"app","image":"registry.example/db:1"}]}}}}""");

        await given.DeployAsync("op-2", given.Request("db", "registry.example/db:1", kind: "StatefulSet"));
        var ended = await given.UntilAsync("op-2", DeployPhases.Succeeded);
        var images = (await PodsAsync(given, "app=db")).Select(p => p.Root.Items("spec", "containers")[0].Text("image")).Distinct();

        part.Message!.ShouldContain("2 pods run the image");
        ended.Replicas.ShouldBe(new DeployReplicas { Desired = 3, Updated = 3, Available = 3 });
        images.ShouldBe(["registry.example/db:1"]);
    }

    private static bool IsRunning(KubeObject pod) => pod.Root.Condition("Ready")?.Text("status") == "True" && !pod.Deleting;

    private async Task EvictAsync(Given given, string labels)
    {
        var pod = (await PodsAsync(given, labels)).First(IsRunning);
        await cluster.Api.MergeStatusAsync(KubeResource.Pods, given.Namespace, pod.Name, new
        {
            status = new
            {
                phase = "Failed",
                reason = "Evicted",
                message = "The node was low on resource: memory.",
                conditions = JsonSerializer.Deserialize<JsonElement>("""[{"type":"Ready","status":"False","reason":"PodFailed"}]"""),
                containerStatuses = Array.Empty<object>()
            }
        }, default);
    }

    private async Task<List<KubeObject>> PodsAsync(Given given, string labels) =>
        (await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, labels, null, default)).Items;
}
