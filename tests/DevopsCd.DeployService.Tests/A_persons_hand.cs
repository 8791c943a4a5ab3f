using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.DeployService.Strategies;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.DeployService.Tests;

public sealed class A_persons_hand(TestCluster cluster)
{
    private const string Hotfix = "registry.example/app:hotfix";

    private static readonly object s_canary = new { type = "canary", steps = new[] { new { weight = 50, pause = true } } };

    [Theory]
    [InlineData("rolling")]
    [InlineData("recreate")]
    public async Task Undoes_a_rollout_for_good(string strategy)
    {
        await using var given = await Given.ServiceAsync(cluster);
        var before = await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", new { type = strategy }));
        await given.UntilReasonAsync("op-1", "RollingOut");

        await cluster.UndoRolloutAsync(given.Namespace, "shop");
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        ended.Message!.ShouldContain("registry.example/app:1");
        var live = await given.DeploymentAsync("shop");
        live.Image().ShouldBe("registry.example/app:1");
        live.Root.At("spec", "strategy")!.Value.GetRawText().ShouldBe(before.Root.At("spec", "strategy")!.Value.GetRawText());
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("StatefulSet")]
    public async Task Replaces_the_workload_by_a_file_from_before_and_the_service_was_restarted_meanwhile(string kind)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await GivenAsync(given, kind);
        var file = Path.GetTempFileName();
        var before = await cluster.KubectlAsync("-n", given.Namespace, "get", kind, "shop", "-o", "yaml");
        await File.WriteAllTextAsync(file, string.Join('\n', before.Split('\n').Where(l => !l.StartsWith("  resourceVersion:", StringComparison.Ordinal))));
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", kind: kind));
        await given.UntilReasonAsync("op-1", "RollingOut");

        await given.StopAllAsync();
        await cluster.KubectlAsync("-n", given.Namespace, "replace", "-f", file);
        await given.StartAsync();
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        (await cluster.Api.GetAsync(Strategies.Workloads.ResourceOf(kind), given.Namespace, "shop", default)).Image().ShouldBe("registry.example/app:1");
    }

    [Theory]
    [InlineData("rolling")]
    [InlineData("recreate")]
    public async Task Sets_an_image_that_no_return_overwrites(string strategy)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", new { type = strategy, onFailure = "return" }));
        await given.UntilReasonAsync("op-1", "RollingOut");

        await cluster.KubectlAsync("-n", given.Namespace, "set", "image", "deployment/shop", $"app={Hotfix}");
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        ended.Message!.ShouldContain("kubectl");
        (await given.DeploymentAsync("shop")).Image().ShouldBe(Hotfix);
    }

    [Fact]
    public async Task Sets_an_image_that_no_rollback_overwrites()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await cluster.KubectlAsync("-n", given.Namespace, "set", "image", "deployment/shop", $"app={Hotfix}");

        await given.CommandAsync("op-1", "rollback");
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        (ended.Reason, ended.Message).ShouldBe(("ChangedByOthers", ended.Message));
        ended.Message!.ShouldStartWith("rolled back by engine; somebody ('kubectl-set') has set the image of container 'app' to 'registry.example/app:hotfix'");
        (await given.DeploymentAsync("shop")).Image().ShouldBe(Hotfix);
    }

    [Fact]
    public async Task Makes_the_workload_anew()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", new { type = "rolling", onFailure = "return" }));
        await given.UntilReasonAsync("op-1", "RollingOut");

        await cluster.KubectlAsync("-n", given.Namespace, "delete", "deployment", "shop");
        await given.UntilAsync("op-1", DeployPhases.Failed);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", Hotfix);
        await given.CommandAsync("op-1", "rollback");
        await Eventually.Sees(() => given.ViewAsync("op-1"), v => DeployPhases.HasEnded(v.Phase), "the rollback has ended");

        (await given.DeploymentAsync("shop")).Image().ShouldBe(Hotfix);
    }

    [Theory]
    [InlineData("rolling")]
    [InlineData("recreate")]
    [InlineData("canary")]
    [InlineData("blue-green")]
    public async Task Is_not_what_an_admission_webhook_makes_of_our_own_write(string strategy)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        await using var webhook = await PinningWebhook.StartAsync(cluster, given.Namespace);
        object settings = strategy switch
        {
            "canary" => new { type = strategy, steps = new[] { new { weight = 50 } } },
            "blue-green" => new { type = strategy, service = "shop" },
            _ => new { type = strategy }
        };

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", settings));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await Eventually.Sees(() => given.DeploymentAsync("shop"), d => d.Image() == PinningWebhook.Pinned("registry.example/app:2"), "the image is pinned");
        await given.CommandAsync("op-1", "rollback");
        var back = await given.UntilAsync("op-1", DeployPhases.Stopped);

        back.Reason.ShouldBe("RolledBack");
        (await given.DeploymentAsync("shop")).Image().ShouldBe(PinningWebhook.Pinned("registry.example/app:1"));
    }

    [Fact]
    public async Task Puts_a_hotfix_beside_a_canary()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", s_canary));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        await cluster.KubectlAsync("-n", given.Namespace, "set", "image", "deployment/shop", $"app={Hotfix}");
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        var live = await given.DeploymentAsync("shop");
        (live.Image(), live.Root.Number("spec", "replicas")).ShouldBe((Hotfix, 2));
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-canary", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Deletes_the_canary_and_something_else_takes_its_name()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", s_canary));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        await cluster.KubectlAsync("-n", given.Namespace, "delete", "deployment", "shop-canary");
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);
        var other = await cluster.GivenDeploymentAsync(given.Namespace, "shop-canary");
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        ended.Reason.ShouldBe("ChangedByOthers");
        (await given.DeploymentAsync("shop-canary")).Uid.ShouldBe(other.Uid);
        (await given.DeploymentAsync("shop")).Root.Number("spec", "replicas").ShouldBe(2);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("promote")]
    public async Task Points_the_service_of_a_blue_green_at_a_maintenance_page(string command)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", promote = "manual" }));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        await cluster.Api.MergeAsync(KubeResource.Services, given.Namespace, "shop", new
        {
            spec = new
            {
                selector = Json.ToElement(
            new Dictionary<string, string?> { ["app"] = "maintenance", ["pod-template-hash"] = null })
            }
        }, default);
        // It may have seen the change by itself, and be returning already.
        using var commanded = await given.Http.PostAsync($"api/v1/deployments/op-1/{command}", null, TestContext.Current.CancellationToken);
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        commanded.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Conflict);
        ended.Reason.ShouldBe("ChangedByOthers");
        ended.Message!.ShouldContain("Service 'shop'");
        (await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default)).Root.Text("spec", "selector", "app").ShouldBe("maintenance");
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:1");
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Puts_a_hotfix_on_the_old_pods_a_blue_green_keeps()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        await cluster.KubectlAsync("-n", given.Namespace, "set", "image", "deployment/shop", $"app={Hotfix}");
        await given.DeployAsync("op-2", given.Request("shop", Hotfix));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        (await given.DeploymentAsync("shop")).Image().ShouldBe(Hotfix);
        (await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default)).Root.Map("spec", "selector")
            .ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Is_believed_only_of_the_workload_as_it_is_now_and_not_as_a_watch_that_is_behind_has_it()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        await given.StartAsync();
        var old = await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        var second = await given.StartAsync();
        var record = await second.Services.GetRequiredService<OperationStore>().FindAsync("op-1", default);

        var operation = await second.Services.GetRequiredService<OperationContextFactory>().OfAsync(record!, default);

        await Should.ThrowAsync<ConcurrentChangeException>(() => Hands.FindAsync(operation, old, default));
        (await Hands.FindAsync(operation, await given.DeploymentAsync("shop"), default)).ShouldBeNull();
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("shop-canary")]
    public async Task Sets_a_route_or_a_service_of_a_canary_back(string what)
    {
        await using var given = await PausedCanaryAsync();

        if (what == "shop")
            await cluster.Api.MergeAsync(KubeResource.HttpRoutes, given.Namespace, what,
                new { spec = new { rules = new[] { new { backendRefs = new[] { new { name = "shop", port = 80 } } } } } }, default);
        else
            await cluster.Api.EditAsync(KubeResource.Services, given.Namespace, what, [new("replace", "/spec/selector", new { app = "shop-canary" })], default);
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        ended.Message!.ShouldContain("back while operation op-1 was under way");
        foreach (var resource in new[] { KubeResource.HttpRoutes, KubeResource.Services })
            (await cluster.Api.ListAsync(resource, given.Namespace, null, null, default)).Items.ShouldAllBe(o => o.Annotation("devopscd.io/operation") == null);
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-canary", default)).ShouldBeNull();
        (await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default)).Root.Map("spec", "selector")
            .ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
    }

    [Fact]
    public async Task Takes_the_weights_of_a_route_back()
    {
        await using var given = await PausedCanaryAsync();

        await cluster.Api.MergeAsync(KubeResource.HttpRoutes, given.Namespace, "shop",
            new
            {
                spec = new
                {
                    rules = new[] { new { backendRefs = new[] { new { name = "shop", port = 80, weight = 100 },
                new { name = "shop-canary", port = 80, weight = 0 } } } }
                }
            }, default);
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        ended.Message!.ShouldContain("HTTPRoute 'shop'");
        var route = await cluster.Api.GetAsync(KubeResource.HttpRoutes, given.Namespace, "shop", default);
        route.Root.Items("spec", "rules")[0].Items("backendRefs").Select(b => b.Number("weight")).ShouldBe([100, 0]);
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-canary", default)).ShouldBeNull();
        (await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default)).Root.Map("spec", "selector")
            .ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
    }

    [Fact]
    public async Task Sets_the_weights_of_a_route_back_that_were_also_those_of_a_step()
    {
        object[] before = [new { name = "shop", port = 80, weight = 90 }, new { name = "shop-canary", port = 80, weight = 10 }];
        await using var given = await PausedCanaryAsync(before, [new { weight = 10 }, new { weight = 50, pause = true }]);

        await cluster.Api.MergeAsync(KubeResource.HttpRoutes, given.Namespace, "shop", new { spec = new { rules = new[] { new { backendRefs = before } } } },
            default);
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        ended.Message!.ShouldContain("has set HTTPRoute 'shop' back while operation op-1 was under way");
        var route = await cluster.Api.GetAsync(KubeResource.HttpRoutes, given.Namespace, "shop", default);
        route.Root.Items("spec", "rules")[0].Items("backendRefs").Select(b => b.Number("weight")).ShouldBe([90, 10]);
        route.Root.Map("metadata", "annotations").Keys.ShouldNotContain(k => k.StartsWith("devopscd.io/", StringComparison.Ordinal));
    }

    private async Task<Given> PausedCanaryAsync(object[]? backends = null, object[]? steps = null)
    {
        await CustomResources.InstallAsync(cluster, KubeResource.HttpRoutes);
        var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop-canary", "--tcp=80:80");
        await cluster.Api.CreateAsync(KubeResource.HttpRoutes, given.Namespace, new
        {
            apiVersion = "gateway.networking.k8s.io/v1",
            kind = "HTTPRoute",
            metadata = new { name = "shop" },
            spec = new { rules = new[] { new { backendRefs = backends ?? [new { name = "shop", port = 80 }] } } }
        }, dryRun: false, default);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new
        {
            type = "canary",
            steps = steps ?? [new { weight = 30, pause = true }],
            route = "shop",
            stableService = "shop",
            canaryService = "shop-canary"
        }));
        await given.UntilAsync("op-1", DeployPhases.Paused);
        return given;
    }

    private async Task GivenAsync(Given given, string kind)
    {
        if (kind == "Deployment")
        {
            await cluster.GivenDeploymentAsync(given.Namespace, "shop");
            return;
        }
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
                template = new { metadata = new { labels = new { app = "shop" } }, spec = KubeTestExtensions.PodSpec("registry.example/app:1", puppets: true) }
            }
        }, dryRun: false, default);
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.StatefulSets, given.Namespace, "shop", default),
            s => s.Root.Number("status", "readyReplicas") == 1, "the first rollout is over", TimeSpan.FromMinutes(2));
    }
}
