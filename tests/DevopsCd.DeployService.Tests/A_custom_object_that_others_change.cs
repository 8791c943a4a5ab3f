using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_custom_object_that_others_change(TestCluster cluster)
{
    [Theory]
    [InlineData("registry.example/app:1")]
    [InlineData("registry.example/app:hotfix")]
    public async Task Is_no_success_of_a_rollout_that_runs_another_image(string image)
    {
        await using var given = await RolloutAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "argo-rollouts" }, "Rollout"));
        await UntilWrittenAsync(given, KubeResource.Rollouts);

        var changed = await cluster.Api.EditAsync(KubeResource.Rollouts, given.Namespace, "shop",
            [new("replace", "/spec/template/spec/containers/0/image", image)], default);
        await StatusAsync(given, KubeResource.Rollouts, new { phase = "Healthy", observedGeneration = changed.Generation.ToString() });
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        (await LiveAsync(given, KubeResource.Rollouts)).Image().ShouldBe(image);
    }

    [Fact]
    public async Task Goes_on_with_the_operation_after_one_that_was_stopped_by_a_pause_of_the_rollout()
    {
        await using var given = await RolloutAsync();
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "argo-rollouts", onStop = "pause" }, "Rollout"));
        await UntilWrittenAsync(given, KubeResource.Rollouts);
        await given.CommandAsync("op-1", "stop");
        await given.UntilAsync("op-1", DeployPhases.Stopped);
        var held = await LiveAsync(given, KubeResource.Rollouts);

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3", new { type = "argo-rollouts" }, "Rollout"));
        var written = await UntilWrittenAsync(given, KubeResource.Rollouts, "op-2");

        held.Root.Flag("spec", "paused").ShouldBeTrue();
        (written.Image(), written.Root.Flag("spec", "paused")).ShouldBe(("registry.example/app:3", false));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("hotfix")]
    public async Task Is_no_success_of_a_helm_release_with_another_tag(string tag)
    {
        await using var given = await ReleaseAsync(new { image = new { repository = "registry.example/app", tag = "1" } });
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "flux", onFailure = "return" }, "HelmRelease"));
        await UntilWrittenAsync(given, KubeResource.HelmReleases);

        var changed = await cluster.Api.EditAsync(KubeResource.HelmReleases, given.Namespace, "shop", [new("replace", "/spec/values/image/tag", tag)], default);
        await ReadyAsync(given, changed);
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("ChangedByOthers");
        ended.Message!.ShouldContain($"values.image.tag of HelmRelease 'shop' to '{tag}'");
        (await LiveAsync(given, KubeResource.HelmReleases)).Root.Text("spec", "values", "image", "tag").ShouldBe(tag);
    }

    [Theory]
    [InlineData("""{"image":{"repository":"registry.example/app","tag":"1"},"replicas":2}""", """{"image":{"repository":"registry.example/app","tag":"1"},"replicas":5}""")]
    [InlineData("""{"image":"registry.example/app:1","replicas":2}""", """{"image":"registry.example/app:1","replicas":5}""")]
    [InlineData("""{"replicas":2}""", """{"replicas":5}""")]
    public async Task Keeps_what_a_person_has_set_beside_the_image_on_the_way_back(string before, string after)
    {
        await using var given = await ReleaseAsync(JsonSerializer.Deserialize<JsonElement>(before));
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "flux" }, "HelmRelease"));
        var written = await UntilWrittenAsync(given, KubeResource.HelmReleases);
        await ReadyAsync(given, written);
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        await cluster.Api.EditAsync(KubeResource.HelmReleases, given.Namespace, "shop", [new("replace", "/spec/values/replicas", 5)], default);
        await given.CommandAsync("op-1", "rollback");
        var back = await Eventually.Sees(() => LiveAsync(given, KubeResource.HelmReleases), o => o.Annotation("devopscd.io/state") == "returned",
            "the values are back");
        await ReadyAsync(given, back);
        await given.UntilAsync("op-1", DeployPhases.Stopped);

        written.Root.Text("spec", "values", "image", "tag").ShouldBe("2");
        JsonElement.DeepEquals(back.Root.At("spec", "values")!.Value, JsonSerializer.Deserialize<JsonElement>(after)).ShouldBeTrue(back.Root.GetRawText());
    }

    [Fact]
    public async Task Is_let_go_by_the_operation_after_one_that_has_suspended_it()
    {
        await using var given = await ReleaseAsync(new { image = new { repository = "registry.example/app", tag = "1" } });
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2", new { type = "flux", onStop = "pause" }, "HelmRelease"));
        await UntilWrittenAsync(given, KubeResource.HelmReleases);
        await given.CommandAsync("op-1", "stop");
        await given.UntilAsync("op-1", DeployPhases.Stopped);
        var held = await LiveAsync(given, KubeResource.HelmReleases);

        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:3", new { type = "flux" }, "HelmRelease"));
        var written = await UntilWrittenAsync(given, KubeResource.HelmReleases, "op-2");

        held.Root.Flag("spec", "suspend").ShouldBeTrue();
        (written.Root.Text("spec", "values", "image", "tag"), written.Root.Flag("spec", "suspend")).ShouldBe(("3", false));
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

    private async Task<Given> ReleaseAsync(object values)
    {
        await CustomResources.InstallAsync(cluster, KubeResource.HelmReleases);
        var given = await Given.ServiceAsync(cluster);
        await cluster.Api.CreateAsync(KubeResource.HelmReleases, given.Namespace, new
        {
            apiVersion = "helm.toolkit.fluxcd.io/v2",
            kind = "HelmRelease",
            metadata = new { name = "shop" },
            spec = new { chart = new { spec = new { chart = "shop" } }, values }
        }, dryRun: false, default);
        return given;
    }

    private Task<KubeObject> LiveAsync(Given given, KubeResource resource) => cluster.Api.GetAsync(resource, given.Namespace, "shop", default);

    private Task<KubeObject> UntilWrittenAsync(Given given, KubeResource resource, string operation = "op-1") =>
        Eventually.Sees(() => LiveAsync(given, resource), o => o.Annotation("devopscd.io/operation") == operation, $"{operation} has written it");

    private Task StatusAsync(Given given, KubeResource resource, object status) =>
        cluster.Api.MergeStatusAsync(resource, given.Namespace, "shop", new { status }, default);

    private Task ReadyAsync(Given given, KubeObject release) => StatusAsync(given, KubeResource.HelmReleases, new
    {
        observedGeneration = release.Generation,
        conditions = new[] { new { type = "Ready", status = "True", reason = "UpgradeSucceeded", message = "it is", observedGeneration = release.Generation } }
    });
}
