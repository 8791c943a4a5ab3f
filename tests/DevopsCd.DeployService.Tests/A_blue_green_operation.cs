using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_blue_green_operation(TestCluster cluster)
{
    [Fact]
    public async Task Switches_the_service_when_promoted_and_leaves_the_target_as_it_was_named()
    {
        await using var given = await ShopAsync();

        await given.DeployAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", promote = "manual", keepOld = "1s" }));
        await given.UntilAsync("op-1", DeployPhases.Paused);
        var waiting = await EndpointsAsync(given);
        await given.CommandAsync("op-1", "promote");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        var switched = await Eventually.Sees(() => EndpointsAsync(given), e => e.SequenceEqual(["registry.example/app:2"]), "the Service has new pods only",
            TimeSpan.FromMinutes(2));
        await Eventually.Sees(() => cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default), d => d is null,
            "the second workload is gone", TimeSpan.FromMinutes(2));

        waiting.ShouldBe(["registry.example/app:1"]);
        switched.ShouldBe(["registry.example/app:2"]);
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:2");
        (await ServiceAsync(given)).Root.Map("spec", "selector").ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
    }

    [Fact]
    public async Task Goes_back_in_one_write_while_the_old_pods_are_kept()
    {
        await using var given = await ShopAsync();
        var before = await given.DeploymentAsync("shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        await given.CommandAsync("op-1", "rollback");
        var ended = await given.UntilAsync("op-1", DeployPhases.Stopped);

        ended.Reason.ShouldBe("RolledBack");
        var after = await given.DeploymentAsync("shop");
        after.Annotation("deployment.kubernetes.io/revision").ShouldBe(before.Annotation("deployment.kubernetes.io/revision"));
        (await ServiceAsync(given)).Root.Text("spec", "selector", "app").ShouldBe("shop");
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Is_brought_to_its_end_first_when_the_next_operation_arrives()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:3");
        (await ServiceAsync(given)).Root.Text("spec", "selector", "app").ShouldBe("shop");
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Is_followed_by_another_one_while_its_old_pods_are_kept()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "2000h" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        var next = given.Request("shop", "registry.example/app:3", new { type = "blue-green", service = "shop" });

        var preflight = await given.PreflightAsync(next);
        await given.DeployAsync("op-2", next);
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        preflight.Ok.ShouldBeTrue();
        await Eventually.Sees(() => cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default), d => d is null,
            "the second workload is gone", TimeSpan.FromMinutes(2));
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:3");
        (await ServiceAsync(given)).Root.Map("spec", "selector").ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
    }

    [Fact]
    public async Task Comes_to_its_end_when_somebody_has_deleted_the_service()
    {
        await using var given = await ShopAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await cluster.KubectlAsync("-n", given.Namespace, "delete", "service", "shop");

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));

        await given.UntilAsync("op-2", DeployPhases.Succeeded);
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Tells_the_next_operation_what_keeps_it_from_its_end()
    {
        await using var given = await ShopAsync(Given.SoonGivenUp);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await QuotaAsync(given, pods: 2, used: 4);

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));
        var waiting = await Eventually.Sees(() => given.ViewAsync("op-2"), v => v.Message?.Contains("QuotaExceeded", StringComparison.Ordinal) is true,
            "it says why", TimeSpan.FromMinutes(2));
        var itself = await Eventually.Sees(() => given.ViewAsync("op-1"), v => v.Message!.Contains("QuotaExceeded", StringComparison.Ordinal),
            "it says so itself", TimeSpan.FromMinutes(2));
        await cluster.KubectlAsync("-n", given.Namespace, "delete", "resourcequota", "full");

        waiting.Message!.ShouldStartWith("operation op-1 is not finished with this workload: QuotaExceeded: ");
        itself.Phase.ShouldBe(DeployPhases.Succeeded);
        itself.Message!.ShouldContain("; what is left to do for it fails: QuotaExceeded: ");
        (await EndpointsAsync(given)).ShouldBe(["registry.example/app:2"]);
    }

    [Fact]
    public async Task Ends_within_a_quota_of_twice_the_pods()
    {
        await using var given = await ShopAsync();
        var before = await given.DeploymentAsync("shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await QuotaAsync(given, pods: 4, used: 4);

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3", new { type = "blue-green", service = "shop", keepOld = "0s" }));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);
        await Eventually.Sees(() => cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default), d => d is null,
            "the second workload is gone", TimeSpan.FromMinutes(2));

        var after = await given.DeploymentAsync("shop");
        after.Image().ShouldBe("registry.example/app:3");
        after.Root.At("spec", "strategy")!.Value.GetRawText().ShouldBe(before.Root.At("spec", "strategy")!.Value.GetRawText());
        after.Annotation("devopscd.io/update-strategy").ShouldBeNull();
        (await ServiceAsync(given)).Root.Map("spec", "selector").ShouldBe(new Dictionary<string, string> { ["app"] = "shop" });
    }

    [Fact]
    public async Task Can_be_rolled_back_while_a_quota_keeps_it_from_its_end()
    {
        await using var given = await ShopAsync(("deploy_service:rollout:poll_interval", "1s"));
        var before = await given.DeploymentAsync("shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "10m" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await QuotaAsync(given, pods: 2, used: 4);
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3"));
        await Eventually.Sees(() => given.ViewAsync("op-2"), v => v.Message?.Contains("QuotaExceeded", StringComparison.Ordinal) is true, "it says why",
            TimeSpan.FromMinutes(2));
        await given.CommandAsync("op-2", "stop");
        await given.UntilAsync("op-2", DeployPhases.Stopped);

        await given.CommandAsync("op-1", "rollback");
        await cluster.KubectlAsync("-n", given.Namespace, "delete", "resourcequota", "full");
        await given.UntilAsync("op-1", DeployPhases.Stopped);

        var after = await given.DeploymentAsync("shop");
        after.Image().ShouldBe("registry.example/app:1");
        after.Root.At("spec", "strategy")!.Value.GetRawText().ShouldBe(before.Root.At("spec", "strategy")!.Value.GetRawText());
        after.Annotation("devopscd.io/update-strategy").ShouldBeNull();
        (await EndpointsAsync(given)).ShouldBe(["registry.example/app:1"]);
    }

    [Fact]
    public async Task Fails_early_when_the_quota_has_no_room_for_the_new_pods()
    {
        await using var given = await ShopAsync(Given.SoonGivenUp);
        await QuotaAsync(given, pods: 2, used: 2);

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop" }, timeout: 600));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("QuotaExceeded");
        ended.Message!.ShouldContain("exceeded quota: full");
        (await EndpointsAsync(given)).ShouldBe(["registry.example/app:1"]);
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default)).ShouldBeNull();
    }

    private async Task QuotaAsync(Given given, int pods, int used)
    {
        await cluster.Api.CreateAsync(KubeResource.Quotas, given.Namespace, new
        {
            apiVersion = "v1",
            kind = "ResourceQuota",
            metadata = new { name = "full" },
            spec = new { hard = new { pods = $"{pods}" } }
        }, dryRun: false, default);
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.Quotas, given.Namespace, "full", default),
            q => q.Root.Text("status", "used", "pods") == $"{used}", "the quota is counted");
    }

    private async Task<Given> ShopAsync(params (string Key, string Value)[] settings)
    {
        var given = await Given.ServiceAsync(cluster, settings);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        return given;
    }

    private Task<KubeObject> ServiceAsync(Given given) => cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default);

    /// <summary>The images of the pods the Service selects now.</summary>
    private async Task<List<string>> EndpointsAsync(Given given)
    {
        var selector = string.Join(",", (await ServiceAsync(given)).Root.Map("spec", "selector").Select(s => $"{s.Key}={s.Value}"));
        var (_, pods) = await cluster.Api.ListAsync(KubeResource.Pods, given.Namespace, selector, null, default);
        return [.. pods.Where(p => !p.Deleting).Select(p => p.Root.Items("spec", "containers")[0].Text("image")!).Distinct()];
    }
}
