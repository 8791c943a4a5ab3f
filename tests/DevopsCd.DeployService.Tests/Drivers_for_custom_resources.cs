using System.Net;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Drivers;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

/// <summary>On the real API server; the controllers' part – the status – is written by the test.</summary>
public sealed class Drivers_for_custom_resources(TestCluster cluster)
{
    private static readonly (string Key, string Value) s_fromTheRegistry = ("deploy_service:rollout:chart_sources:0", "oci://registry.example");

    [Theory]
    [InlineData("registry.example:5000/app:1.2", "registry.example:5000/app", "1.2", "1.2")]
    [InlineData("registry.example:5000/app@sha256:ab12", "registry.example:5000/app@sha256", "ab12", "")]
    [InlineData("app:1.2@sha256:ab12", "app", "1.2@sha256:ab12", "1.2")]
    public void Split_an_image_so_that_repository_and_tag_give_it_again(string image, string repository, string tag, string version)
    {
        var parts = ImageParts.Of(image);

        (parts.Repository, parts.Tag, parts.Version).ShouldBe((repository, tag, version));
        parts.Fill("{{repository}}:{{tag}}").ShouldBe(image);
    }

    [Fact]
    public async Task Argo_rollouts_sets_the_image_promotes_and_follows_the_phase()
    {
        await using var given = await RolloutAsync();

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "argo-rollouts" }, "Rollout"));
        var written = await UntilWrittenAsync(given, KubeResource.Rollouts);
        await StatusAsync(given, KubeResource.Rollouts, new
        {
            phase = "Paused",
            message = "CanaryPauseStep",
            observedGeneration = written.Generation.ToString(),
            pauseConditions = new[] { new { reason = "CanaryPauseStep" } }
        });
        await given.UntilAsync("op-1", DeployPhases.Paused);
        await given.CommandAsync("op-1", "promote");
        await Eventually.Sees(() => LiveAsync(given, KubeResource.Rollouts), r => r.Root.At("status", "pauseConditions") is null, "the pause is lifted");
        await StatusAsync(given, KubeResource.Rollouts,
            new { phase = "Healthy", observedGeneration = written.Generation.ToString(), updatedReplicas = 3, availableReplicas = 3 });
        var ended = await given.UntilAsync("op-1", DeployPhases.Succeeded);

        written.Image().ShouldBe("registry.example/app:2");
        ended.Replicas.ShouldBe(new DeployReplicas { Desired = 3, Updated = 3, Available = 3 });
        ended.Previous.ShouldBe(new DeployPrevious { Image = "registry.example/app:1", Unchanged = false });
    }

    [Fact]
    public async Task Argo_rollouts_leaves_a_hotfix_alone()
    {
        await using var given = await RolloutAsync();

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "argo-rollouts" }, "Rollout"));
        var written = await UntilWrittenAsync(given, KubeResource.Rollouts);
        var fixedNow = await cluster.Api.EditAsync(KubeResource.Rollouts, given.Namespace, written.Name,
            [new("replace", "/spec/template/spec/containers/0/image", "registry.example/app:hotfix")], default);
        await StatusAsync(given, KubeResource.Rollouts, new { phase = "Degraded", message = "aborted", observedGeneration = fixedNow.Generation.ToString() });
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Message!.ShouldContain("'registry.example/app:hotfix'");
        (await LiveAsync(given, KubeResource.Rollouts)).Image().ShouldBe("registry.example/app:hotfix");
    }

    [Fact]
    public async Task Argo_rollouts_returns_a_degraded_rollout()
    {
        await using var given = await RolloutAsync();

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "argo-rollouts" }, "Rollout"));
        var written = await UntilWrittenAsync(given, KubeResource.Rollouts);
        await StatusAsync(given, KubeResource.Rollouts,
            new { phase = "Degraded", message = "ProgressDeadlineExceeded", observedGeneration = written.Generation.ToString() });
        var returned = await Eventually.Sees(() => LiveAsync(given, KubeResource.Rollouts), r => r.Image() == "registry.example/app:1",
            "the old template is back");
        await StatusAsync(given, KubeResource.Rollouts, new { phase = "Healthy", observedGeneration = returned.Generation.ToString() });
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("Degraded");
        ended.Message!.ShouldContain("ProgressDeadlineExceeded");
    }

    [Theory]
    [InlineData("registry.example/app:2", "registry.example/app:2")]
    [InlineData("registry.example/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "registry.example/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("registry.example/app:2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "registry.example/app=registry.example/app:2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public async Task Argocd_writes_an_image_that_every_kustomize_finds(string image, string written)
    {
        await CustomResources.InstallAsync(cluster, KubeResource.Applications, status: false);
        await using var given = await Given.ServiceAsync(cluster);
        var source = new
        {
            repoURL = "https://git.example/shop",
            path = "deploy",
            kustomize = new { images = new[] { "registry.example/app=registry.example/app:1@sha256:" + new string('a', 64), "registry.example/other:1" } }
        };
        await cluster.Api.CreateAsync(KubeResource.Applications, given.Namespace,
            new { apiVersion = "argoproj.io/v1alpha1", kind = "Application", metadata = new { name = "shop" }, spec = new { project = "default", source } },
                dryRun: false, default);

        await given.DeployAsync("op-1", given.Request("shop", image, new { type = "argocd" }, "Application"));
        var live = await UntilWrittenAsync(given, KubeResource.Applications);

        live.Root.Items("spec", "source", "kustomize", "images").Select(i => i.GetString()).ShouldBe(["registry.example/other:1", written]);
    }

    [Fact]
    public async Task Argocd_is_done_only_when_its_own_source_is_synced_and_healthy()
    {
        await CustomResources.InstallAsync(cluster, KubeResource.Applications, status: false);
        await using var given = await Given.ServiceAsync(cluster);
        var before = new
        {
            repoURL = "https://git.example/shop",
            path = "deploy",
            targetRevision = "main",
            kustomize = new { images = new[] { "registry.example/app:1" } }
        };
        await cluster.Api.CreateAsync(KubeResource.Applications, given.Namespace, new
        {
            apiVersion = "argoproj.io/v1alpha1",
            kind = "Application",
            metadata = new { name = "shop" },
            spec = new { project = "default", source = before },
            status = new
            {
                sync = new { status = "Synced", comparedTo = new { source = before } },
                health = new { status = "Healthy" },
                operationState = new { phase = "Succeeded", syncResult = new { source = before } }
            }
        }, dryRun: false, default);

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "argocd", stableFor = "1s" }, "Application"));
        var written = await UntilWrittenAsync(given, KubeResource.Applications);
        var tooEarly = await given.UntilReasonAsync("op-1", "WaitingForController");
        var source = written.Root.At("spec", "source")!.Value;
        await cluster.Api.MergeAsync(KubeResource.Applications, given.Namespace, "shop", new
        {
            status = new
            {
                sync = new { status = "Synced", comparedTo = new { source } },
                health = new { status = "Progressing" },
                operationState = new { phase = "Succeeded", syncResult = new { source } }
            }
        }, default);
        await given.UntilReasonAsync("op-1", "RollingOut");
        await cluster.Api.MergeAsync(KubeResource.Applications, given.Namespace, "shop", new { status = new { health = new { status = "Healthy" } } }, default);
        var ended = await given.UntilAsync("op-1", DeployPhases.Succeeded);

        tooEarly.Phase.ShouldBe(DeployPhases.Progressing);
        source.Items("kustomize", "images").Single().GetString().ShouldBe("registry.example/app:2");
        written.Root.Text("operation", "sync", "revision").ShouldBe("main");
        (ended.FinishedAt - ended.StartedAt)!.Value.ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        ended.Previous.ShouldBe(new DeployPrevious { Revision = "registry.example/app:1", Unchanged = false });
    }

    [Fact]
    public async Task Flux_takes_a_rollback_for_a_failure()
    {
        await CustomResources.InstallAsync(cluster, KubeResource.HelmReleases);
        await using var given = await Given.ServiceAsync(cluster);
        foreach (var name in new[] { "shop", "cart" })
        {
            await cluster.Api.CreateAsync(KubeResource.HelmReleases, given.Namespace, new
            {
                apiVersion = "helm.toolkit.fluxcd.io/v2",
                kind = "HelmRelease",
                metadata = new { name },
                spec = new
                {
                    chart = new { spec = new { chart = name } },
                    values = new { image = new { repository = "registry.example/app", tag = "1" }, replicas = 2 }
                }
            }, dryRun: false, default);
        }

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "flux" }, "HelmRelease"));
        await given.DeployAsync("op-2", given.Request("cart", "registry.example/app:2", new { type = "flux" }, "HelmRelease"));
        var shop = await UntilWrittenAsync(given, KubeResource.HelmReleases);
        var cart = await UntilWrittenAsync(given, KubeResource.HelmReleases, "cart");
        await StatusAsync(given, KubeResource.HelmReleases, Ready(shop, "True", "UpgradeSucceeded"));
        await StatusAsync(given, KubeResource.HelmReleases, Ready(cart, "False", "RollbackSucceeded"), "cart");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        var ended = await given.UntilAsync("op-2", DeployPhases.Failed);

        (shop.Root.Text("spec", "values", "image", "tag"), shop.Root.Number("spec", "values", "replicas")).ShouldBe(("2", 2));
        ended.Reason.ShouldBe("RollbackSucceeded");
        ended.Previous.ShouldBe(new DeployPrevious { Revision = "image.repository=registry.example/app, image.tag=1", Unchanged = false });
    }

    [Theory]
    [InlineData("v3.18.4", "--atomic")]
    [InlineData("v4.2.4", "--rollback-on-failure")]
    public async Task Helm_upgrades_with_the_flags_of_its_version_and_frees_a_stuck_release(string version, string flag)
    {
        using var helm = new FakeHelm(version);
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:rollout:helm", helm.Path), s_fromTheRegistry);
        helm.Have("shop", """[{"revision":1,"status":"deployed","description":"Install complete","chart":"shop-1.0"},{"revision":2,"status":"pending-upgrade","description":"Preparing upgrade","chart":"shop-1.0"}]""");

        await given.DeployAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "helm", chart = "oci://registry.example/charts/shop" }, "Release"));
        var ended = await given.UntilAsync("op-1", DeployPhases.Succeeded);

        ended.Previous.ShouldBe(new DeployPrevious { Revision = "1", Unchanged = false });
        var calls = helm.Calls();
        calls.ShouldContain(c => c.StartsWith("rollback shop 1", StringComparison.Ordinal));
        var upgrade = calls.Single(c => c.StartsWith("upgrade shop oci://registry.example/charts/shop", StringComparison.Ordinal));
        upgrade.ShouldContain(flag);
        upgrade.ShouldContain("--set-string image.tag=2");
        upgrade.ShouldContain("--description devopscd op-1");
    }

    [Fact]
    public async Task Helm_waits_for_an_upgrade_of_somebody_else()
    {
        using var helm = new FakeHelm("v3.18.4");
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:rollout:helm", helm.Path), s_fromTheRegistry);
        var history = $$"""[{"revision":1,"status":"deployed","description":"Install complete","chart":"c"},{"revision":2,"updated":"{{TimeProvider.System.GetUtcNow():O}}","status":"pending-upgrade","description":"Preparing upgrade","chart":"c"}]""";
        helm.Have("shop", history);

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2",
            new { type = "helm", chart = "oci://registry.example/charts/shop", values = new Dictionary<string, string> { ["note"] = @"a,{b}\c" } }, "Release"));
        var waiting = await given.UntilReasonAsync("op-1", "WaitingForHelm");
        var meanwhile = helm.Calls();
        helm.Have("shop", history.Replace("pending-upgrade", "deployed", StringComparison.Ordinal));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        waiting.Message!.ShouldStartWith("revision 2 is pending-upgrade since");
        meanwhile.ShouldNotContain(c => c.StartsWith("rollback", StringComparison.Ordinal) || c.StartsWith("upgrade", StringComparison.Ordinal));
        helm.Calls().ShouldNotContain(c => c.StartsWith("rollback", StringComparison.Ordinal));
        helm.Calls().Single(c => c.StartsWith("upgrade", StringComparison.Ordinal)).ShouldContain(@"--set-string note=a\,\{b\}\\c");
    }

    [Fact]
    public async Task Helm_frees_at_once_what_a_killed_service_has_left_pending()
    {
        using var helm = new FakeHelm("v3.18.4");
        await using var given = await Given.NothingYetAsync(cluster);
        given.Settings["deploy_service:rollout:helm"] = helm.Path;
        given.Settings[s_fromTheRegistry.Key] = s_fromTheRegistry.Value;
        helm.Have("shop", """[{"revision":1,"status":"deployed","description":"Install complete","chart":"c"}]""");
        await using var first = await ServiceProcess.StartAsync(given.Settings);
        using var created = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:2",
            new { type = "helm", chart = "oci://registry.example/hangs" }, "Release", timeout: 300), first.Http);
        await Eventually.IsTrue(() => helm.Hangs, "the first helm is under way");

        await first.KillAsync();
        await given.StartAsync();
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        var calls = helm.Calls();
        calls.ShouldContain(c => c.StartsWith("rollback shop 1", StringComparison.Ordinal));
        calls.Count(c => c.StartsWith("upgrade", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Theory]
    [InlineData("v3.21.4", "atomic")]
    [InlineData("v4.2.4", "rollback-on-failure")]
    public async Task Helm_tells_why_an_upgrade_has_failed(string version, string flag)
    {
        using var helm = new FakeHelm(version);
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:rollout:helm", helm.Path), s_fromTheRegistry);
        helm.Have("shop", """[{"revision":1,"status":"deployed","description":"Install complete","chart":"c"}]""");

        await given.DeployAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "helm", chart = "oci://registry.example/fails", onFailure = "return" }, "Release"));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("HelmFailed");
        ended.Message.ShouldBe(
            $"UPGRADE FAILED: release shop failed, and has been rolled back due to {flag} being set: context deadline exceeded; revision 1 runs again");
        helm.Calls().ShouldNotContain(c => c.StartsWith("rollback", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Helm_leaves_an_upgrade_of_somebody_else_alone_when_it_is_stopped()
    {
        using var helm = new FakeHelm("v4.2.4");
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:rollout:helm", helm.Path), s_fromTheRegistry);
        helm.Have("shop", $$"""[{"revision":1,"status":"deployed","description":"Install complete","chart":"c"},{"revision":2,"updated":"{{TimeProvider.System.GetUtcNow():O}}","status":"pending-upgrade","description":"Preparing upgrade","chart":"c"}]""");
        await given.DeployAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "helm", chart = "oci://registry.example/charts/shop" }, "Release"));
        await given.UntilReasonAsync("op-1", "WaitingForHelm");

        await given.CommandAsync("op-1", "stop");
        var ended = await given.UntilAsync("op-1", DeployPhases.Stopped);

        ended.Message!.ShouldEndWith("the release was not changed by this operation");
        helm.Calls().ShouldAllBe(c => c.StartsWith("version", StringComparison.Ordinal) || c.StartsWith("history", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Helm_says_that_it_may_not_read_its_releases()
    {
        using var helm = new FakeHelm("v4.2.4");
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:rollout:helm", helm.Path), s_fromTheRegistry);
        helm.Have("shop", "[]");
        helm.Forbid();

        using var refused = await given.PutAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "helm", chart = "oci://registry.example/charts/shop" }, "Release"));

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("which it keeps in Secrets: query: failed to query with labels: secrets is forbidden");
    }

    [Fact]
    public async Task Helm_says_that_the_command_is_missing()
    {
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:rollout:helm", "/nowhere/helm"), s_fromTheRegistry);

        using var refused = await given.PutAsync("op-1",
            given.Request("shop", "registry.example/app:2", new { type = "helm", chart = "oci://registry.example/charts/shop" }, "Release"));

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("/nowhere/helm");
    }

    private async Task<Given> RolloutAsync()
    {
        await CustomResources.InstallAsync(cluster, KubeResource.Rollouts);
        var given = await Given.ServiceAsync(cluster);
        await cluster.Api.CreateAsync(KubeResource.Rollouts, given.Namespace, new
        {
            apiVersion = "argoproj.io/v1alpha1",
            kind = "Rollout",
            metadata = new { name = "shop" },
            spec = new { replicas = 3, template = new { spec = KubeTestExtensions.PodSpec("registry.example/app:1") } }
        }, dryRun: false, default);
        return given;
    }

    private Task<KubeObject> LiveAsync(Given given, KubeResource resource, string name = "shop") =>
        cluster.Api.GetAsync(resource, given.Namespace, name, default);

    private Task<KubeObject> UntilWrittenAsync(Given given, KubeResource resource, string name = "shop") =>
        Eventually.Sees(() => LiveAsync(given, resource, name), o => o.Annotation("devopscd.io/operation") is not null, $"{name} is written");

    private Task StatusAsync(Given given, KubeResource resource, object status, string name = "shop") =>
        cluster.Api.MergeStatusAsync(resource, given.Namespace, name, new { status }, default);

    private static object Ready(KubeObject release, string status, string reason) => new
    {
        observedGeneration = release.Generation,
        conditions = new[] { new { type = "Ready", status, reason, message = $"{reason} it is", observedGeneration = release.Generation } }
    };
}
