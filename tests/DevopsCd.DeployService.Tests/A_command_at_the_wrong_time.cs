using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_command_at_the_wrong_time(TestCluster cluster)
{
    [Fact]
    public async Task Is_a_promote_of_what_is_not_paused_and_is_refused_instead_of_lost()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2",
            new { type = "canary", steps = new object[] { new { weight = 50, pause = "10m" }, new { weight = 60, pause = true } } }));
        await given.UntilReasonAsync("op-1", "AtStep");

        using var early = await given.Http.PostAsync("api/v1/deployments/op-1/promote", null);
        await given.CommandAsync("op-1", "promote?full=true");
        await given.CommandAsync("op-1", "promote?full=true");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        using var late = await given.Http.PostAsync("api/v1/deployments/op-1/promote", null);

        early.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await early.Content.ReadAsStringAsync()).ShouldContain("urn:devopscd:deploy:not-paused");
        late.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Is_a_promote_of_a_strategy_that_waits_for_none()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never"));

        using var plain = await given.Http.PostAsync("api/v1/deployments/op-1/promote", null);
        using var full = await given.Http.PostAsync("api/v1/deployments/op-1/promote?full=true", null);

        (plain.StatusCode, full.StatusCode).ShouldBe((HttpStatusCode.Conflict, HttpStatusCode.Conflict));
        (await plain.Content.ReadAsStringAsync()).ShouldContain("takes-no-promote");
    }

    [Fact]
    public async Task Is_a_rollback_after_another_containers_deployment_and_takes_only_its_own_back()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.Api.CreateAsync(KubeResource.Deployments, given.Namespace, new
        {
            apiVersion = "apps/v1",
            kind = "Deployment",
            metadata = new { name = "shop" },
            spec = new
            {
                selector = new { matchLabels = new { app = "shop" } },
                template = new
                {
                    metadata = new { labels = new { app = "shop" } },
                    spec = new
                    {
                        terminationGracePeriodSeconds = 0,
                        containers = new[] { new { name = "app", image = "registry.example/app:1" },
                        new { name = "proxy", image = "registry.example/proxy:1" } }
                    }
                }
            }
        }, dryRun: false, default);
        var app = given.Request("shop", "registry.example/app:2");
        await given.DeployAsync("op-1", app);
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await given.DeployAsync("op-2", app with { Image = "registry.example/proxy:2", Workload = app.Workload with { Container = "proxy" } });
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        await given.CommandAsync("op-1", "rollback");
        await given.UntilAsync("op-1", DeployPhases.Stopped);

        (await given.DeploymentAsync("shop")).Root.Items("spec", "template", "spec", "containers").Select(c => c.Text("image"))
            .ShouldBe(["registry.example/app:1", "registry.example/proxy:2"]);
    }

    [Fact]
    public async Task Is_a_rollback_again_after_one_that_failed()
    {
        await using var given = await Given.ServiceAsync(cluster, Given.SoonGivenUp);
        await cluster.Api.CreateAsync(KubeResource.Deployments, given.Namespace, new
        {
            apiVersion = "apps/v1",
            kind = "Deployment",
            metadata = new { name = "shop" },
            spec = new
            {
                selector = new { matchLabels = new { app = "shop" } },
                template = new
                {
                    metadata = new { labels = new { app = "shop" } },
                    spec = KubeTestExtensions.PodSpec("registry.example/app:crash", puppets: true)
                }
            }
        }, dryRun: false, default);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await given.CommandAsync("op-1", "rollback");
        var failed = await given.UntilAsync("op-1", DeployPhases.Failed);

        var again = await given.CommandAsync("op-1", "rollback");

        failed.Reason.ShouldBe("ReturnFailed");
        again.Phase.ShouldBe(DeployPhases.Progressing);
        await Eventually.Sees(() => given.ViewAsync("op-1"), v => v.FinishedAt > failed.FinishedAt, "the second try has ended");
    }
}
