using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class The_cause_of_a_failure(TestCluster cluster)
{
    private static readonly KubeResource s_webhooks =
        new("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", Namespaced: false);

    [Theory]
    [InlineData("pull-error", DeployCauseClasses.Image, "ImagePullBackOff", "Back-off pulling image")]
    [InlineData("config-error", DeployCauseClasses.Config, "CreateContainerConfigError", "configmap \"settings\" not found")]
    [InlineData("oom", DeployCauseClasses.Resources, "OOMKilled", "exit code 137 (OOMKilled)")]
    [InlineData("crash", DeployCauseClasses.Crash, "CrashLoopBackOff", "cannot open the ledger")]
    public async Task Is_told_with_pod_and_container(string tag, string kind, string reason, string seen)
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", $"registry.example/app:{tag}"));
        var cause = (await given.UntilAsync("op-1", DeployPhases.Failed)).Cause.ShouldNotBeNull();

        (cause.Class, cause.Reason, cause.Node, cause.Container).ShouldBe((kind, reason, PuppetKubelet.Node, "app"));
        cause.Pod!.ShouldStartWith("shop-");
        cause.Message!.ShouldContain(seen);
    }

    [Fact]
    public async Task Carries_the_last_lines_of_the_run_that_ended_without_secrets()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        var many = string.Join('\n', Enumerable.Range(1, 40).Select(i => $"line {i}"));
        cluster.Puppets.HasWritten(given.Namespace, now: "starting",
            before: $"{many}\ndb=postgres://shop:hunter2hunter2@db/shop\nAPI_TOKEN=abcd1234efgh\n\u001b[31mfatal: no ledger\n");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:crash"));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        var lines = ended.Cause!.LastLines;
        lines.TakeLast(3).ShouldBe(["db=postgres://shop:***@db/shop", "API_TOKEN=***", "\\u001B[31mfatal: no ledger"]);
        lines.Count.ShouldBe(15);
    }

    [Fact]
    public async Task Is_the_probe_of_a_container_that_runs_and_serves_nothing_until_the_deadline()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        cluster.Puppets.HasWritten(given.Namespace, now: "listening on :8080\n");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:unready", timeout: 6));
        await WarnAsync(given, await NewPodAsync(given, "unready"), "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", count: 7);

        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("DeadlineExceeded");
        var cause = ended.Cause.ShouldNotBeNull();
        (cause.Class, cause.Container).ShouldBe((DeployCauseClasses.Probe, "app"));
        var told = cause.Events.ShouldHaveSingleItem();
        (told.Reason, told.Count).ShouldBe(("Unhealthy", 7));
        cause.LastLines.ShouldBe(["listening on :8080"]);
    }

    [Fact]
    public async Task Is_told_with_a_stop_of_what_does_not_come_up()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:unready"));
        await Eventually.Sees(() => given.ViewAsync("op-1"), v => v.Message!.Contains("is not ready", StringComparison.Ordinal), "it waits for a pod");

        var asked = await given.CommandAsync("op-1", "stop");
        var stopped = await given.UntilAsync("op-1", DeployPhases.Stopped);

        asked.Cause!.Class.ShouldBe(DeployCauseClasses.Probe);
        stopped.Cause!.Class.ShouldBe(DeployCauseClasses.Probe);
    }

    [Fact]
    public async Task Is_kept_over_the_way_back()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:crash", new { type = "rolling", onFailure = "return" }));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Message!.ShouldContain("returned to registry.example/app:1");
        (ended.Cause!.Class, ended.Cause.Container).ShouldBe((DeployCauseClasses.Crash, "app"));
    }

    [Fact]
    public async Task Is_a_node_that_is_lost()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", timeout: 6));
        await WarnAsync(given, await NewPodAsync(given, "never"), "NodeNotReady", "Node is not ready");

        var cause = (await given.UntilAsync("op-1", DeployPhases.Failed)).Cause!;

        (cause.Class, cause.Reason, cause.Node).ShouldBe((DeployCauseClasses.Infrastructure, "NodeNotReady", PuppetKubelet.Node));
    }

    [Fact]
    public async Task Is_the_quota_of_the_namespace()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.Api.CreateAsync(KubeResource.Quotas, given.Namespace,
            new { apiVersion = "v1", kind = "ResourceQuota", metadata = new { name = "small" }, spec = new { hard = new { pods = "1" } } },
            dryRun: false, default);
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.Quotas, given.Namespace, "small", default),
            q => q.Root.Text("status", "used", "pods") == "1", "the quota is counted");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        var cause = (await given.UntilAsync("op-1", DeployPhases.Failed)).Cause!;

        cause.Class.ShouldBe(DeployCauseClasses.Quota);
        cause.Events.ShouldContain(e => e.Reason == "FailedCreate");
    }

    [Fact]
    public async Task Is_an_admission_webhook_that_says_no()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await using var server = await AdmissionServer.StartAsync(request => Task.FromResult<object>(
            new { uid = request.GetProperty("uid").GetString(), allowed = false, status = new { message = "not on Fridays" } }));
        await cluster.KubectlAsync("label", "namespace", given.Namespace, $"denied={given.Namespace}");
        await cluster.Api.CreateAsync(s_webhooks, null, new
        {
            apiVersion = "admissionregistration.k8s.io/v1",
            kind = "ValidatingWebhookConfiguration",
            metadata = new { name = $"deny-{given.Namespace}" },
            webhooks = new[]
            {
                new
                {
                    name = "deny.example.org",
                    clientConfig = server.ClientConfig,
                    rules = new[]
                    {
                        new { apiGroups = new[] { "apps" }, apiVersions = new[] { "v1" }, operations = new[] { "UPDATE" }, resources = new[] { "deployments" } }
                    },
                    namespaceSelector = new { matchLabels = new { denied = given.Namespace } },
                    failurePolicy = "Fail",
                    sideEffects = "None",
                    admissionReviewVersions = new[] { "v1" }
                }
            }
        }, dryRun: false, default);
        try
        {
            await Eventually.IsTrue(async () =>
            {
                try
                {
                    await cluster.Api.MergeAsync(KubeResource.Deployments, given.Namespace, "shop",
                        new { metadata = new { labels = new { trial = "x" } } }, default, dryRun: true);
                    return false;
                }
                catch (KubeException no) when (no.Denied)
                {
                    return true;
                }
            }, "the webhook is asked");
            await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));

            var cause = (await given.UntilAsync("op-1", DeployPhases.Failed)).Cause!;

            cause.Class.ShouldBe(DeployCauseClasses.Admission);
            cause.Message!.ShouldContain("not on Fridays");
        }
        finally
        {
            await cluster.Api.DeleteAsync(s_webhooks, null, $"deny-{given.Namespace}", default);
        }
    }

    [Theory]
    [InlineData("Unschedulable", "0/3 nodes are available: 3 Insufficient cpu.", DeployCauseClasses.Resources)]
    [InlineData("Unschedulable", "0/3 nodes are available: 3 node(s) had taint {node.kubernetes.io/unreachable: }, that the pod didn't tolerate.",
        DeployCauseClasses.Infrastructure)]
    [InlineData("ClusterUnreachable", "cluster 'test' does not answer", DeployCauseClasses.Infrastructure)]
    [InlineData("WorkloadNotFound", "there is no Deployment 'shop'", DeployCauseClasses.Config)]
    [InlineData("FailedCreate", "error looking up service account shop/robot: serviceaccount \"robot\" not found", DeployCauseClasses.Config)]
    [InlineData("InternalError", "a step failed unexpectedly", DeployCauseClasses.Unknown)]
    public void Is_told_by_words_where_no_pod_is_to_blame(string reason, string message, string kind) =>
        CauseClass.OfReason(reason, message).ShouldBe(kind);

    [Theory]
    [InlineData("FailedCreate", "pods \"shop-1\" is forbidden: violates PodSecurity \"restricted:latest\"", DeployCauseClasses.Admission)]
    [InlineData("FailedCreate", "pods \"shop-1\" is forbidden: maximum cpu usage per Container is 1, but limit is 2", DeployCauseClasses.Quota)]
    [InlineData("FailedCreate", "pods \"shop-1\" is forbidden: unknown", null)]
    public void Is_what_the_api_server_has_refused(string reason, string message, string? kind) => CauseClass.OfRefusal(reason, message).ShouldBe(kind);

    [Theory]
    [InlineData("unexpected status code 503 Service Unavailable", DeployCauseClasses.Infrastructure)]
    [InlineData("manifest unknown", DeployCauseClasses.Image)]
    public void Is_the_registry_only_where_it_is_away(string said, string kind) => CauseClass.OfPull(said, "registry.example/app:1").ShouldBe(kind);

    private async Task<KubeObject> NewPodAsync(Given given, string tag) => (await Eventually.Sees(
        async () => (await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, "app=shop", null, default)).Items
            .FirstOrDefault(p => p.Root.Items("spec", "containers")[0].Text("image")!.EndsWith($":{tag}", StringComparison.Ordinal)),
        p => p is not null, "the new pod", TimeSpan.FromMinutes(2)))!;

    private Task<KubeObject> WarnAsync(Given given, KubeObject pod, string reason, string message, int count = 1)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ");
        return cluster.Api.CreateAsync(KubeResource.Events, given.Namespace, new
        {
            apiVersion = "v1",
            kind = "Event",
            metadata = new { name = "warning-1" },
            type = "Warning",
            reason,
            message,
            count,
            involvedObject = new { kind = "Pod", @namespace = given.Namespace, name = pod.Name, uid = pod.Uid },
            firstTimestamp = now,
            lastTimestamp = now
        }, dryRun: false, default);
    }
}
