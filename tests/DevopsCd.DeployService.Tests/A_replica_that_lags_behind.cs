using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_replica_that_lags_behind(TestCluster cluster)
{
    private static readonly object s_canary =
        new { type = "canary", steps = new object[] { new { weight = 25, pause = true }, new { weight = 50, pause = true } } };

    [Fact]
    public async Task Takes_no_pods_from_a_canary_by_numbers_that_were_true_before()
    {
        await using var given = await Given.ServiceAsync(cluster);
        var first = given.Http;
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 4);
        await using var slow = await Wire.StartAsync(cluster);
        slow.Hold("deployments");
        given.Settings["deploy_service:clusters:test:kubeconfig"] = slow.Kubeconfig;
        await given.StartAsync();

        using (var answer = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:2", s_canary), first))
            answer.IsSuccessStatusCode.ShouldBeTrue();
        await AtStepAsync(given, first, "step 1");
        var atFirst = await PodsAsync(given);
        await given.CommandAsync("op-1", "promote");
        await AtStepAsync(given, first, "step 2");
        var atSecond = await PodsAsync(given);
        await given.CommandAsync("op-1", "promote");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        (atFirst, atSecond).ShouldBe(((3, 1), (2, 2)));
        var after = await given.DeploymentAsync("shop");
        (after.Image(), after.Root.Number("spec", "replicas"), after.Root.Number("status", "availableReplicas")).ShouldBe(("registry.example/app:2", 4, 4));
        (await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-canary", default)).ShouldBeNull();
    }

    private static Task AtStepAsync(Given given, HttpClient at, string step) =>
        Eventually.Sees(() => given.ViewAsync("op-1", at), v => v is { Phase: DeployPhases.Paused } && v.Message!.Contains(step), $"paused at {step}",
            TimeSpan.FromMinutes(2));

    private async Task<(int? Old, int? New)> PodsAsync(Given given) =>
        ((await given.DeploymentAsync("shop")).Root.Number("spec", "replicas"), (await given.DeploymentAsync("shop-canary")).Root.Number("spec", "replicas"));
}
