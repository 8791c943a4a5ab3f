using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using DevopsCd.DeployService.Tests.Support;

namespace DevopsCd.DeployService.Tests;

public sealed class The_digest_that_runs(TestCluster cluster)
{
    private const string Wanted = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Other = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    [Theory]
    [InlineData("r.example/app:2@" + Wanted, "", null)]
    [InlineData("r.example/app:2@" + Wanted, "r.example/app@" + Other, null)]
    [InlineData("mirror.example/app:2", "docker-pullable://mirror.example/app@" + Wanted, null)]
    [InlineData("mirror.example/app:2", "mirror.example/app@" + Other, "mirror.example/app@" + Other)]
    [InlineData("mirror.example/app:2", "", "mirror.example/app:2")]
    public void Is_told_by_the_pod_or_by_its_status(string image, string imageId, string? instead)
    {
        var pod = new KubeObject(JsonSerializer.SerializeToElement(new
        {
            metadata = new { name = "app-1" },
            spec = new { containers = new[] { new { name = "proxy", image = "proxy:1" }, new { name = "app", image } } },
            status = new { containerStatuses = new[] { new { name = "app", imageID = imageId } } }
        }));

        RunningImage.InsteadOf(Wanted, pod, "app").ShouldBe(instead);
    }

    [Fact]
    public async Task Is_what_success_means()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", $"registry.example/app:2@{Wanted}"));
        var ended = await given.UntilAsync("op-1", DeployPhases.Succeeded);

        ended.Reason.ShouldBe("RolledOut");
        (await given.DeploymentAsync("shop")).Image().ShouldBe($"registry.example/app:2@{Wanted}");
    }
}
