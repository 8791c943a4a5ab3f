using System.Net;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;

namespace DevopsCd.DeployService.Tests;

public sealed class A_rollback_or_stop(TestCluster cluster)
{
    [Fact]
    public async Task Takes_back_the_image_and_keeps_what_others_have_changed()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await cluster.KubectlAsync("-n", given.Namespace, "set", "env", "deployment/shop", "GREETING=changed-since");
        await cluster.KubectlAsync("-n", given.Namespace, "scale", "deployment/shop", "--replicas=3");

        await given.CommandAsync("op-1", "rollback");
        await given.CommandAsync("op-1", "rollback");
        var ended = await given.UntilAsync("op-1", DeployPhases.Stopped);
        using var after = await given.Http.PostAsync("api/v1/deployments/op-1/rollback", null);

        ended.Reason.ShouldBe("RolledBack");
        after.StatusCode.ShouldBe(HttpStatusCode.OK);
        var live = await given.DeploymentAsync("shop");
        ended.Message!.ShouldContain("what others have changed of the pod template since then is kept");
        live.Image().ShouldBe("registry.example/app:1");
        live.Root.Items("spec", "template", "spec", "containers")[0].Items("env")[0].Text("value").ShouldBe("changed-since");
        live.Root.Number("spec", "replicas").ShouldBe(3);
        live.Root.Number("status", "availableReplicas").ShouldBe(3);
    }

    [Fact]
    public async Task Returns_an_unfinished_rollout_to_what_ran_before()
    {
        await using var given = await Given.ServiceAsync(cluster);
        var before = await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never"));
        await given.UntilReasonAsync("op-1", "RollingOut");

        await given.CommandAsync("op-1", "stop");
        await given.UntilAsync("op-1", DeployPhases.Stopped);

        var live = await given.DeploymentAsync("shop");
        JsonElement.DeepEquals(live.Root.At("spec", "template")!.Value, before.Root.At("spec", "template")!.Value).ShouldBeTrue();
    }

    [Fact]
    public async Task Pauses_instead_where_the_target_wants_that_and_the_next_operation_resumes()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:never", new { type = "rolling", onStop = "pause" }));
        await given.UntilReasonAsync("op-1", "RollingOut");

        await given.CommandAsync("op-1", "stop");
        await given.UntilAsync("op-1", DeployPhases.Stopped);
        var held = await given.DeploymentAsync("shop");
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-2", DeployPhases.Succeeded);

        held.Root.Flag("spec", "paused").ShouldBeTrue();
        held.Image().ShouldBe("registry.example/app:never");
        (await given.DeploymentAsync("shop")).Root.Flag("spec", "paused").ShouldBeFalse();
    }

    [Fact]
    public async Task Is_refused_while_another_operation_has_the_workload()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        await given.DeployAsync("op-2", given.Request("shop", "registry.example/app:never"));

        using var refused = await given.Http.PostAsync("api/v1/deployments/op-1/rollback", null);

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("op-2");
    }

    [Fact]
    public async Task Is_refused_where_a_later_operation_has_deployed_the_same_container_and_goes_back_one_by_one()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        foreach (var number in new[] { 2, 3 })
        {
            await given.DeployAsync($"op-{number}", given.Request("shop", $"registry.example/app:{number}"));
            await given.UntilAsync($"op-{number}", DeployPhases.Succeeded);
        }

        using var refused = await given.Http.PostAsync("api/v1/deployments/op-2/rollback", null);
        var untouched = (await given.DeploymentAsync("shop")).Image();
        await given.CommandAsync("op-3", "rollback");
        await given.UntilAsync("op-3", DeployPhases.Stopped);
        await given.CommandAsync("op-2", "rollback");
        await given.UntilAsync("op-2", DeployPhases.Stopped);

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("operation 'op-3' has deployed 'registry.example/app:3'");
        untouched.ShouldBe("registry.example/app:3");
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:1");
    }

    [Fact]
    public async Task Goes_back_past_a_retry_that_found_the_image_in_place()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        foreach (var attempt in new[] { "first", "again" })
        {
            await given.DeployAsync(attempt, given.Request("shop", "registry.example/app:2"));
            await given.UntilAsync(attempt, DeployPhases.Succeeded);
        }
        var (first, again) = (await given.ViewAsync("first"), await given.ViewAsync("again"));

        await given.CommandAsync("first", "rollback");
        var ended = await given.UntilAsync("first", DeployPhases.Stopped);

        first.Previous.ShouldBe(new DeployPrevious { Image = "registry.example/app:1", Revision = "1", Unchanged = false });
        again.Previous!.ShouldSatisfyAllConditions(p => p.Image.ShouldBe("registry.example/app:2"), p => p.Unchanged.ShouldBeTrue());
        ended.Reason.ShouldBe("RolledBack");
        (await given.DeploymentAsync("shop")).Image().ShouldBe("registry.example/app:1");
    }
}
