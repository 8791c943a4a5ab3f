using System.Net;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_rolling_operation(TestCluster cluster)
{
    [Fact]
    public async Task Puts_the_image_on_a_deployment_and_leaves_the_rest_alone()
    {
        await using var given = await Given.ServiceAsync(cluster);
        var before = await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2, puppets: false);
        const string image = "registry.example/app:2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

        using var created = await given.PutAsync("op-1", given.Request("shop", image));
        using var again = await given.PutAsync("op-1", given.Request("shop", image));
        using var other = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:3"));
        var ended = await given.UntilAsync("op-1", DeployPhases.Succeeded);

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        created.Headers.Location!.ToString().ShouldBe("/api/v1/deployments/op-1");
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        ended.Replicas.ShouldBe(new DeployReplicas { Desired = 2, Updated = 2, Available = 2 });
        ended.FinishedAt.ShouldNotBeNull().ShouldBeGreaterThan(ended.StartedAt!.Value);
        var after = await given.DeploymentAsync("shop");
        after.Image().ShouldBe(image);
        after.Generation.ShouldBe(before.Generation + 1);
        after.Annotation("devopscd.io/operation").ShouldBe("op-1");
        after.Annotation("devopscd.io/previous-image").ShouldBe("registry.example/app:1");
        after.Annotation("devopscd.io/digest").ShouldBe("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
        after.Annotation("label.devopscd.io/batch").ShouldBe("B20261124-001");
        after.Annotation("devopscd.io/attempt").ShouldBe("1");
        var mine = after.Root.Items("metadata", "managedFields").Single(m => m.Text("manager") == "devopscd");
        mine.Text("operation").ShouldBe("Apply");
        mine.At("fieldsV1", "f:spec", "f:replicas").ShouldBeNull();
        (await cluster.KubectlAsync("-n", given.Namespace, "rollout", "status", "deployment/shop", "--timeout=1s")).ShouldContain("successfully rolled out");
    }

    [Theory]
    [InlineData("StatefulSet")]
    [InlineData("DaemonSet")]
    public async Task Rolls_out_the_other_kinds_too(string kind)
    {
        await using var given = await Given.ServiceAsync(cluster);
        var resource = kind == "StatefulSet" ? KubeResource.StatefulSets : KubeResource.DaemonSets;
        var selector = new { matchLabels = new { app = "db" } };
        var template = new
        {
            metadata = new { labels = new { app = "db" } },
            spec = KubeTestExtensions.PodSpec("registry.example/db:1", nodeSelector: KubeTestExtensions.HollowNodes)
        };
        await cluster.Api.CreateAsync(resource, given.Namespace, new
        {
            apiVersion = "apps/v1",
            kind,
            metadata = new { name = "db" },
            spec = kind == "StatefulSet" ? (object)new { replicas = 2, serviceName = "db", selector, template } : new { selector, template }
        }, dryRun: false, default);
        await Eventually.Sees(() => cluster.Api.GetAsync(resource, given.Namespace, "db", default),
            w => w.Root.Number("status", kind == "StatefulSet" ? "readyReplicas" : "numberAvailable") >= 2, "the first rollout is over",
                TimeSpan.FromMinutes(2));

        await given.DeployAsync("op-1", given.Request("db", "registry.example/db:2", kind: kind));
        var ended = await given.UntilAsync("op-1", DeployPhases.Succeeded);

        ended.Replicas!.Updated.ShouldBe(ended.Replicas.Desired);
        (await cluster.KubectlAsync("-n", given.Namespace, "rollout", "status", $"{kind}/db", "--timeout=1s")).ShouldNotBeEmpty();
        var (_, pods) = await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, "app=db", null, default);
        pods.Where(p => !p.Deleting).Select(p => p.Root.Items("spec", "containers")[0].Text("image")).Distinct().ShouldBe(["registry.example/db:2"]);
    }

    [Fact]
    public async Task Succeeds_at_once_when_the_image_already_runs()
    {
        await using var given = await Given.ServiceAsync(cluster);
        var before = await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", before.Image()!));
        var ended = await given.UntilAsync("op-1", DeployPhases.Succeeded);

        ended.Reason.ShouldBe("RolledOut");
        (await given.DeploymentAsync("shop")).Annotation("deployment.kubernetes.io/revision").ShouldBe("1");
        (await cluster.Api.ListAsync(KubeResource.ReplicaSets, given.Namespace, null, null, default)).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Keeps_the_image_of_another_container_that_an_earlier_operation_has_set()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.KubectlAsync("-n", given.Namespace, "patch", "deployment", "shop", "-p",
            """{"spec":{"template":{"spec":{"containers":[{"name":"proxy","image":"registry.example/proxy:1"}]}}}}""");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        var proxy = given.Request("shop", "registry.example/proxy:2");
        await given.DeployAsync("op-2", proxy with { Workload = proxy.Workload with { Container = "proxy" } });
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        var images = (await given.DeploymentAsync("shop")).Root.Items("spec", "template", "spec", "containers").ToDictionary(c => c.Text("name")!,
            c => c.Text("image"));
        images["app"].ShouldBe("registry.example/app:2");
        images["proxy"].ShouldBe("registry.example/proxy:2");
    }

    [Fact]
    public async Task Gives_way_to_a_later_operation_on_the_same_workload()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never"));
        await given.UntilReasonAsync("op-1", "RollingOut");

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2"));

        (await given.UntilAsync("op-1", DeployPhases.Stopped)).Reason.ShouldBe("Superseded");
        await given.UntilAsync("op-2", DeployPhases.Succeeded);
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:2");
    }

    [Fact]
    public async Task Comes_after_an_ended_one_whose_replica_had_a_clock_ahead_of_this_one()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        var first = await given.UntilAsync("op-1", DeployPhases.Succeeded);
        var ahead = first.StartedAt!.Value.AddMinutes(1);
        var record = (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items.Single();
        var operation = record.Root.Text("data", "operation")!.Replace(JsonSerializer.Serialize(first.StartedAt), JsonSerializer.Serialize(ahead),
            StringComparison.Ordinal);
        await cluster.Api.MergeAsync(KubeResource.ConfigMaps, given.Records, record.Name, new { data = new { operation } }, default);
        await cluster.Api.MergeAsync(KubeResource.Deployments, given.Namespace, "shop",
            new { metadata = new { annotations = new Dictionary<string, string> { ["devopscd.io/accepted-at"] = ahead.ToString("O") } } }, default);
        await Eventually.Sees(() => given.ViewAsync("op-1"), v => v.StartedAt == ahead, "the record says so");

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));

        (await given.UntilAsync("op-2", DeployPhases.Succeeded)).StartedAt!.Value.ShouldBeGreaterThan(ahead);
    }

    [Fact]
    public async Task Refuses_a_workload_that_somebody_else_applies_unless_told_to_take_it_over()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        using var gitops = cluster.ApiWith(cluster.Kubeconfig, "argocd-controller");
        await gitops.ApplyAsync(KubeResource.Deployments, given.Namespace, "shop", new
        {
            apiVersion = "apps/v1",
            kind = "Deployment",
            metadata = new { name = "shop" },
            spec = new { template = new { spec = new { containers = new[] { new { name = "app", image = "registry.example/app:gitops" } } } } }
        }, force: true, dryRun: false, default);

        using var refused = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2", new { type = "rolling", takeOver = true }));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("argocd-controller");
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:2");
    }

    [Fact]
    public async Task Notices_that_somebody_has_changed_the_image_under_its_hands()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never"));
        await given.UntilReasonAsync("op-1", "RollingOut");

        await cluster.KubectlAsync("-n", given.Namespace, "set", "image", "deployment/shop", "app=registry.example/app:manual");

        (await given.UntilAsync("op-1", DeployPhases.Failed)).Reason.ShouldBe("ChangedByOthers");
    }

    [Fact]
    public async Task Says_that_somebody_has_paused_it_and_how_far_it_was_at_its_deadline()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", timeout: 8));
        await given.UntilReasonAsync("op-1", "RollingOut");

        await cluster.KubectlAsync("-n", given.Namespace, "rollout", "pause", "deployment/shop");
        var paused = await given.UntilReasonAsync("op-1", "WorkloadPaused");
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        paused.Message!.ShouldContain("kubectl rollout resume");
        ended.Reason.ShouldBe("DeadlineExceeded");
        ended.Replicas.ShouldNotBeNull().Desired.ShouldBe(2);
    }
}
