using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_rollout_that_will_not_come_up(TestCluster cluster)
{
    [Theory]
    [InlineData("pull-error", "ImagePullBackOff", "Back-off pulling image")]
    [InlineData("crash", "CrashLoopBackOff", "last ended with exit code 3 (Error): cannot open the ledger")]
    [InlineData("config-error", "CreateContainerConfigError", "configmap \"settings\" not found")]
    public async Task Fails_early_with_the_cause(string tag, string reason, string told)
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", $"registry.example/app:{tag}", timeout: 300));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe(reason);
        ended.Message!.ShouldContain("container app");
        ended.Message!.ShouldContain(told);
        (ended.FinishedAt - ended.StartedAt).ShouldNotBeNull().ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Tells_the_warnings_of_the_pod()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", timeout: 300));
        var pod = await Eventually.Sees(async () => (await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, "app=shop", null, default)).Items
            .FirstOrDefault(p => p.Root.Items("spec", "containers")[0].Text("image")!.EndsWith(":never", StringComparison.Ordinal)), p => p is not null,
                "the new pod", TimeSpan.FromMinutes(2));
        await cluster.Api.CreateAsync(KubeResource.Events, given.Namespace, new
        {
            apiVersion = "v1",
            kind = "Event",
            metadata = new { name = "warning-1" },
            type = "Warning",
            reason = "FailedMount",
            message = "volume \"ledger\" is away",
            involvedObject = new { kind = "Pod", @namespace = given.Namespace, name = pod!.Name, uid = pod.Uid },
            firstTimestamp = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ"),
            lastTimestamp = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ")
        }, dryRun: false, default);

        await cluster.Api.MergeStatusAsync(KubeResource.Pods, given.Namespace, pod.Name, new
        {
            status = new
            {
                containerStatuses = new[] { new { name = "app", image = "x", imageID = "", ready = false, restartCount = 0,
                state = new { waiting = new { reason = "InvalidImageName", message = "bad" } } } }
            }
        }, default);

        (await given.UntilAsync("op-1", DeployPhases.Failed)).Message!.ShouldContain("FailedMount: volume \"ledger\" is away");
    }

    [Fact]
    public async Task Says_that_its_pods_fit_no_node()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", puppets: false);
        await cluster.KubectlAsync("-n", given.Namespace, "patch", "deployment", "shop", "-p",
            """{"spec":{"template":{"spec":{"nodeSelector":{"disk":"golden"}}}}}""");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("Unschedulable");
        ended.Message!.ShouldContain("nodes are available");
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("StatefulSet")]
    public async Task Says_that_the_quota_is_used_up(string kind)
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        if (kind == "Deployment")
            await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        else
            await cluster.Api.CreateAsync(KubeResource.StatefulSets, given.Namespace, new
            {
                apiVersion = "apps/v1",
                kind,
                metadata = new { name = "shop" },
                spec = new
                {
                    replicas = 1,
                    serviceName = "shop",
                    selector = new { matchLabels = new { app = "shop" } },
                    template = new { metadata = new { labels = new { app = "shop" } }, spec = KubeTestExtensions.PodSpec("registry.example/app:1") }
                }
            }, dryRun: false, default);
        await Eventually.Sees(async () => (await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, "app=shop", null, default)).Items,
            p => p.Count == 1 && p[0].Root.Text("status", "phase") == "Running", "one pod", TimeSpan.FromMinutes(2));
        await cluster.Api.CreateAsync(KubeResource.Quotas, given.Namespace, new
        {
            apiVersion = "v1",
            kind = "ResourceQuota",
            metadata = new { name = "small" },
            spec = new { hard = new { pods = kind == "Deployment" ? "1" : "0" } }
        }, dryRun: false, default);
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.Quotas, given.Namespace, "small", default),
            q => q.Root.Text("status", "used", "pods") == "1", "the quota is counted");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", kind: kind));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("QuotaExceeded");
        ended.Message!.ShouldContain("exceeded quota");
    }

    [Fact]
    public async Task Is_not_taken_for_the_quota_failure_of_the_one_before()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.Api.CreateAsync(KubeResource.Quotas, given.Namespace, new
        {
            apiVersion = "v1",
            kind = "ResourceQuota",
            metadata = new { name = "small" },
            spec = new { hard = new { pods = "1" } }
        }, dryRun: false, default);
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.Quotas, given.Namespace, "small", default),
            q => q.Root.Text("status", "used", "pods") == "1", "the quota is counted");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        (await given.UntilAsync("op-1", DeployPhases.Failed)).Reason.ShouldBe("QuotaExceeded");
        await cluster.KubectlAsync("-n", given.Namespace, "delete", "resourcequota", "small");

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));

        await given.UntilAsync("op-2", DeployPhases.Succeeded);
    }

    [Fact]
    public async Task Says_which_old_pod_a_stateful_set_waits_for()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.Api.CreateAsync(KubeResource.StatefulSets, given.Namespace, new
        {
            apiVersion = "apps/v1",
            kind = "StatefulSet",
            metadata = new { name = "db" },
            spec = new
            {
                replicas = 1,
                serviceName = "db",
                selector = new { matchLabels = new { app = "db" } },
                template = new { metadata = new { labels = new { app = "db" } }, spec = KubeTestExtensions.PodSpec("registry.example/db:1", puppets: true) }
            }
        }, dryRun: false, default);
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.StatefulSets, given.Namespace, "db", default),
            s => s.Root.Number("status", "readyReplicas") == 1, "the first rollout is over", TimeSpan.FromMinutes(2));
        await given.DeployAsync("op-1", given.Request("db", "registry.example/db:crash", kind: "StatefulSet"));
        await given.UntilAsync("op-1", DeployPhases.Failed);
        // A controller that has not heard of the broken pod yet would take it for the good one before it, and replace it.
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.StatefulSets, given.Namespace, "db", default),
            s => s.Root.Number("status", "updatedReplicas") == 1, "the controller has seen the broken pod", TimeSpan.FromMinutes(2));

        await given.DeployAsync("op-2", given.Request("db", "registry.example/db:2", kind: "StatefulSet"));
        var blocked = await given.UntilAsync("op-2", DeployPhases.Failed);
        await cluster.KubectlAsync("-n", given.Namespace, "delete", "pod", "db-0", "--grace-period=0", "--force");
        await given.DeployAsync("op-3", given.Request("db", "registry.example/db:2", kind: "StatefulSet"));
        await given.UntilAsync("op-3", DeployPhases.Succeeded);

        blocked.Reason.ShouldBe("BlockedByOldPod");
        blocked.Message!.ShouldContain("CrashLoopBackOff");
        blocked.Message!.ShouldContain("delete pod db-0");
    }

    [Fact]
    public async Task Goes_back_when_the_target_wants_that()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:pull-error", new { type = "rolling", onFailure = "return" }));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ImagePullBackOff");
        ended.Message!.ShouldContain("returned to registry.example/app:1: 1 of 1 pods run the image");
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:1");
    }

    [Fact]
    public async Task Ends_at_its_deadline_even_if_the_service_was_restarted_in_between()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        var first = await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", timeout: 4));

        await given.RestartAsync();
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("DeadlineExceeded");
        ended.StartedAt.ShouldBe(first.StartedAt);
        (ended.FinishedAt - ended.StartedAt)!.Value.TotalSeconds.ShouldBeGreaterThanOrEqualTo(4);
    }
}
