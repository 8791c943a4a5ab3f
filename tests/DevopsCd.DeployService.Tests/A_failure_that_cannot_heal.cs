using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_failure_that_cannot_heal(TestCluster cluster)
{
    private static readonly KubeResource s_webhooks =
        new("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", Namespaced: false);

    [Fact]
    public async Task Is_not_an_object_that_cannot_be_merged_which_is_edited_instead()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await CreateAsync(given, "Deployment", new
        {
            nodeName = PuppetKubelet.Node,
            terminationGracePeriodSeconds = 0,
            tolerations = new[] { new { @operator = "Exists" } },
            containers = new[] { new { name = "app", image = "registry.example/app:1",
                env = new[] { new { name = "GREETING", value = "hello" }, new { name = "GREETING", value = "again" } } } }
        });
        await Eventually.Sees(() => given.DeploymentAsync("shop"), d => d.Root.Number("status", "availableReplicas") == 1, "shop is up",
            TimeSpan.FromMinutes(2));

        var preflight = await given.PreflightAsync(given.Request("shop", "registry.example/app:2"));
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        preflight.Results.Single().Problems.ShouldBeEmpty();
        var live = await given.DeploymentAsync("shop");
        (live.Image(), live.Annotation("devopscd.io/operation")).ShouldBe(("registry.example/app:2", "op-1"));
        live.Root.Items("spec", "template", "spec", "containers")[0].Items("env").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Is_a_webhook_that_fails_and_is_told_by_its_name_long_before_the_deadline()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.KubectlAsync("label", "namespace", given.Namespace, $"guarded={given.Namespace}");
        var name = $"guard-{given.Namespace}";
        await cluster.Api.CreateAsync(s_webhooks, null, new
        {
            apiVersion = "admissionregistration.k8s.io/v1",
            kind = "ValidatingWebhookConfiguration",
            metadata = new { name },
            webhooks = new[]
            {
                new
                {
                    name = "guard.example.org",
                    clientConfig = new { url = "https://127.0.0.1:9/check" },
                    rules = new[] { new { apiGroups = new[] { "apps" }, apiVersions = new[] { "v1" }, operations = new[] { "UPDATE" },
                        resources = new[] { "deployments" } } },
                    namespaceSelector = new { matchLabels = new { guarded = given.Namespace } },
                    failurePolicy = "Fail",
                    sideEffects = "None",
                    admissionReviewVersions = new[] { "v1" },
                    timeoutSeconds = 2
                }
            }
        }, dryRun: false, default);
        DeployOperationView seen, ended;
        try
        {
            await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", timeout: 3600));
            seen = await given.UntilReasonAsync("op-1", "AdmissionWebhookFailed");
            ended = await given.UntilAsync("op-1", DeployPhases.Failed);
        }
        finally
        {
            await cluster.Api.DeleteAsync(s_webhooks, null, name, default);
        }

        seen.Phase.ShouldBe(DeployPhases.Progressing);
        ended.Reason.ShouldBe("AdmissionWebhookFailed");
        ended.Message!.ShouldContain("guard.example.org");
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:1");
    }

    [Fact]
    public async Task Is_a_step_that_breaks_and_is_told_in_the_answer()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1",
            given.Request("shop", "registry.example/app:never", new { type = "canary", steps = new[] { new { weight = 50, pause = true } } }));
        await given.UntilReasonAsync("op-1", "RollingOut");
        var record = (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items.Single();
        var operation = record.Root.Text("data", "operation")!.Replace("\"weight\":50", "\"weight\":\"half\"", StringComparison.Ordinal);

        await cluster.Api.MergeAsync(KubeResource.ConfigMaps, given.Records, record.Name, new { data = new { operation } }, default);
        var view = await given.UntilReasonAsync("op-1", "InternalError");

        view.Message!.ShouldContain("a step failed unexpectedly: InvalidOperationException");
    }

    [Theory]
    [InlineData("StatefulSet")]
    [InlineData("DaemonSet")]
    public async Task Is_an_update_strategy_that_rolls_nothing_out_and_is_refused_at_the_door(string kind)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await CreateAsync(given, kind, KubeTestExtensions.PodSpec("registry.example/app:1", nodeSelector: new { disk = "golden" }), "OnDelete");

        using var answer = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:2", kind: kind));
        var preflight = await given.PreflightAsync(given.Request("shop", "registry.example/app:2", kind: kind));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("OnDelete");
        preflight.Ok.ShouldBeFalse();
    }

    [Fact]
    public async Task Stays_the_reason_when_the_way_back_fails_too()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await CreateAsync(given, "Deployment", KubeTestExtensions.PodSpec("registry.example/app:crash", puppets: true));

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:pull-error", new { type = "rolling", onFailure = "return" }));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ImagePullBackOff");
        ended.Message!.ShouldContain("the way back failed: CrashLoopBackOff");
    }

    [Fact]
    public async Task Is_told_with_pod_and_node_and_with_what_runs_after_the_return()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:pull-error", new { type = "rolling", onFailure = "return" }));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Message!.ShouldContain($"on node {PuppetKubelet.Node}, container app: ImagePullBackOff");
        ended.Message!.Split("returned to registry.example/app:1").Length.ShouldBe(2);
    }

    [Theory]
    [InlineData(500, """{"kind":"Status","message":"etcdserver: request timed out"}""", true)]
    [InlineData(500, """{"kind":"Status","message":"rpc error: code = Unavailable desc = transport is closing"}""", true)]
    [InlineData(500, "the balancer is broken", true)]
    [InlineData(503, """{"kind":"Status","message":"apiserver not ready"}""", true)]
    [InlineData(429, "", true)]
    [InlineData(500, """{"kind":"Status","message":"Internal error occurred: failed calling webhook \"guard\": Post \"https://x\": context deadline exceeded"}""", false)]
    [InlineData(500, """{"kind":"Status","message":"failed to create manager for existing fields: duplicate entries for key"}""", false)]
    [InlineData(404, """{"kind":"Status","message":"not found"}""", false)]
    public void Is_told_from_trouble_of_the_api_server_itself(int status, string answer, bool isPassing) =>
        ServerTrouble.IsPassing((HttpStatusCode)status, answer).ShouldBe(isPassing);

    [Fact]
    public void Is_an_admission_webhook_that_says_no_with_any_status()
    {
        var no = new KubeException(HttpStatusCode.Conflict, "Conflict", "admission webhook \"guard.example.org\" denied the request: not on Fridays", default);

        (no.Definite, no.Conflict, ServerTrouble.NameOf(no.Message)).ShouldBe((true, false, "AdmissionDenied"));
    }

    private async Task CreateAsync(Given given, string kind, object podSpec, string? update = null)
    {
        var spec = new Dictionary<string, object>
        {
            ["selector"] = new { matchLabels = new { app = "shop" } },
            ["template"] = new { metadata = new { labels = new { app = "shop" } }, spec = podSpec }
        };
        if (kind == "StatefulSet")
            spec["serviceName"] = "shop";
        if (update is not null)
            spec["updateStrategy"] = new { type = update };
        var resource = kind switch { "StatefulSet" => KubeResource.StatefulSets, "DaemonSet" => KubeResource.DaemonSets, _ => KubeResource.Deployments };
        await cluster.Api.CreateAsync(resource, given.Namespace, new { apiVersion = "apps/v1", kind, metadata = new { name = "shop" }, spec }, dryRun: false,
            default);
    }
}
