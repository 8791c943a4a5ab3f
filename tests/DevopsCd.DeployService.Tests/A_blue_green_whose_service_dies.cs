using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_blue_green_whose_service_dies(TestCluster cluster)
{
    [Fact]
    public async Task Comes_to_its_end_when_killed_after_each_of_its_writes()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        var before = await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        var request = given.Request("shop", "registry.example/app:2", new { type = "blue-green", service = "shop", keepOld = "0s" }, timeout: 600);
        // Each of them stays true, so that one that has passed already is not waited for in vain.
        (string Name, Func<Seen, bool> IsThere)[] moments =
        [
            ("the workload is claimed", s => s.Shop.Annotation("devopscd.io/operation") == "op-1"),
            ("the second workload is there", s => s.Next is not null || s.Shop.Image() == "registry.example/app:2"),
            ("the Service has been switched", s => s.Selected != "shop" || s.Shop.Image() == "registry.example/app:2"),
            ("the workload has the image", s => s.Shop.Image() == "registry.example/app:2"),
            ("its update strategy is back", s => s.Shop.Image() == "registry.example/app:2" && s.Shop.Annotation("devopscd.io/update-strategy") is null),
            ("the Service is switched back", s => s.Shop.Image() == "registry.example/app:2" && s.Selected == "shop"),
            ("the second workload goes", s => s.Shop.Image() == "registry.example/app:2" && s.Next is not { Deleting: false })
        ];

        foreach (var (name, isThere) in moments)
        {
            await using var service = await ServiceProcess.StartAsync(given.Settings);
            using var answer = await given.PutAsync("op-1", request, service.Http);
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
            await Eventually.Sees(() => SeenAsync(given), s => isThere(s), name, TimeSpan.FromMinutes(2));
            await service.KillAsync();
        }
        await using var last = await ServiceProcess.StartAsync(given.Settings);
        await Eventually.Sees(() => SeenAsync(given), s => s.Next is null && s.Selected == "shop", "nothing is left beside the workload",
            TimeSpan.FromMinutes(2));

        (await given.ViewAsync("op-1", last.Http)).Phase.ShouldBe(DeployPhases.Succeeded);
        var after = (await SeenAsync(given)).Shop;
        (after.Image(), after.Root.Number("status", "availableReplicas")).ShouldBe(("registry.example/app:2", 2));
        after.Root.At("spec", "strategy")!.Value.GetRawText().ShouldBe(before.Root.At("spec", "strategy")!.Value.GetRawText());
        after.Annotation("deployment.kubernetes.io/revision").ShouldBe("2");
    }

    private async Task<Seen> SeenAsync(Given given) => new(
        await given.DeploymentAsync("shop"),
        await cluster.Api.FindAsync(KubeResource.Deployments, given.Namespace, "shop-next", default),
        (await cluster.Api.GetAsync(KubeResource.Services, given.Namespace, "shop", default)).Root.Text("spec", "selector", "app"));

    private sealed record Seen(KubeObject Shop, KubeObject? Next, string? Selected);
}
