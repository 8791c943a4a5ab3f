using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_pull_that_fails(TestCluster cluster)
{
    private const string Busy =
        "rpc error: code = Unknown desc = failed to pull and unpack image \"registry.example/app:never\": unexpected status code 503 Service Unavailable";

    [Fact]
    public async Task Is_progress_with_the_cause_while_the_registry_is_busy()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        var pod = await NewPodAsync(given);

        await WaitsAsync(given, pod, "ErrImagePull", Busy);
        var seen = await given.UntilReasonAsync("op-1", "ErrImagePull");
        await WaitsAsync(given, pod, "ImagePullBackOff", "Back-off pulling image \"registry.example/app:never\": ErrImagePull: " + Busy);
        var later = await given.UntilReasonAsync("op-1", "ImagePullBackOff");
        await RunsAsync(given, pod);
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        (seen.Phase, later.Phase).ShouldBe((DeployPhases.Progressing, DeployPhases.Progressing));
        seen.Message!.ShouldContain("503 Service Unavailable");
        seen.Message!.ShouldContain($"pod {pod.Name} on node {PuppetKubelet.Node}");
    }

    [Fact]
    public async Task Is_a_failure_once_it_has_lasted()
    {
        await using var given = await Given.ServiceAsync(cluster, [.. Given.SoonGivenUp, ("deploy_service:rollout:pull_error_after", "3s")]);
        var pod = await NewPodAsync(given);

        await WaitsAsync(given, pod, "ErrImagePull", Busy);
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ErrImagePull");
        ended.Message!.ShouldContain("503 Service Unavailable");
    }

    [Fact]
    public async Task Is_a_failure_at_once_where_the_registry_says_why()
    {
        await using var given = await Given.ServiceAsync(cluster);
        var pod = await NewPodAsync(given);

        await WaitsAsync(given, pod, "ErrImagePull",
            "rpc error: code = NotFound desc = failed to resolve reference \"registry.example/app:never\": registry.example/app:never: not found");
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ErrImagePull");
        ended.Message!.ShouldContain("not found");
    }

    [Fact]
    public async Task Is_read_from_the_events_where_the_pod_says_nothing()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        var pod = await NewPodAsync(given);
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ");
        await cluster.Api.CreateAsync(KubeResource.Events, given.Namespace, new
        {
            apiVersion = "v1",
            kind = "Event",
            metadata = new { name = "pull-1" },
            type = "Warning",
            reason = "Failed",
            message = "Failed to pull image \"registry.example/app:never\": rpc error: toomanyrequests: You have reached your pull rate limit",
            involvedObject = new { kind = "Pod", @namespace = given.Namespace, name = pod.Name, uid = pod.Uid },
            firstTimestamp = now,
            lastTimestamp = now
        }, dryRun: false, default);

        await WaitsAsync(given, pod, "ImagePullBackOff", "Back-off pulling image \"registry.example/app:never\"");
        var seen = await given.UntilReasonAsync("op-1", "ImagePullBackOff");

        seen.Phase.ShouldBe(DeployPhases.Progressing);
        seen.Message!.ShouldContain("pull rate limit");
    }

    [Theory]
    [InlineData("dial tcp 10.0.0.1:443: i/o timeout", true)]
    [InlineData("net/http: TLS handshake timeout", true)]
    [InlineData("toomanyrequests: You have reached your pull rate limit", true)]
    [InlineData("unexpected status code 503 Service Unavailable", true)]
    [InlineData("lookup registry.example on 10.0.0.10:53: server misbehaving", true)]
    [InlineData("read tcp 10.0.0.1:1->10.0.0.2:443: read: connection reset by peer", true)]
    [InlineData("failed to do request: Head \"https://registry.example/v2/timeout/manifests/503\": EOF", true)]
    [InlineData("registry.example/timeout:503: not found", false)]
    [InlineData("Get \"https://registry.example/v2/timeout/manifests/503\": unauthorized: authentication required", false)]
    [InlineData("manifest for registry.example/timeout:503 not found: manifest unknown", false)]
    [InlineData("pull access denied, repository does not exist or may require authorization", false)]
    [InlineData("Back-off pulling image \"registry.example/timeout:503\"", false)]
    public void May_pass_or_not_by_what_is_said_and_not_by_names(string said, bool isPassing) =>
        PullError.IsPassing(said, "registry.example/timeout:503").ShouldBe(isPassing);

    private async Task<KubeObject> NewPodAsync(Given given)
    {
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", timeout: 300));
        return (await Eventually.Sees(async () => (await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, "app=shop", null, default)).Items
            .FirstOrDefault(p => p.Root.Items("spec", "containers")[0].Text("image")!.EndsWith(":never", StringComparison.Ordinal)
                && p.Root.Items("status", "containerStatuses").Length > 0), p => p is not null, "the new pod", TimeSpan.FromMinutes(2)))!;
    }

    private Task WaitsAsync(Given given, KubeObject pod, string reason, string message) =>
        SetAsync(given, pod, ready: false, new Dictionary<string, object?> { ["waiting"] = new { reason, message } });

    private Task RunsAsync(Given given, KubeObject pod) =>
        SetAsync(given, pod, ready: true,
            new Dictionary<string, object?> { ["running"] = new { startedAt = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ") } });

    private async Task SetAsync(Given given, KubeObject pod, bool ready, object state)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ");
        await cluster.Api.MergeStatusAsync(KubeResource.Pods, given.Namespace, pod.Name, new
        {
            status = new
            {
                phase = ready ? "Running" : "Pending",
                conditions = new[] { "Initialized", "PodScheduled", "Ready", "ContainersReady" }.Select(
                    (type, i) => new { type, status = ready || i < 2 ? "True" : "False", lastTransitionTime = now }),
                containerStatuses = new[] { new { name = "app", image = "x", imageID = "", ready, started = ready, restartCount = 0, state } }
            }
        }, default);
    }
}
