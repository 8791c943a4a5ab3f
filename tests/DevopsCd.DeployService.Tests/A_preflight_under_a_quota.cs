using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class A_preflight_under_a_quota(TestCluster cluster)
{
    private static readonly object s_rolling = new { type = "rolling" };
    private static readonly object s_recreate = new { type = "recreate" };
    private static readonly object s_blueGreen = new { type = "blue-green", service = "shop" };
    private static readonly object s_canary = new { type = "canary", steps = new[] { new { weight = 25 }, new { weight = 50 } } };

    [Theory]
    [InlineData(4, 4, nameof(s_recreate), null)]
    [InlineData(4, 4, nameof(s_rolling), null)]
    [InlineData(2, 2, nameof(s_rolling), "quota 'pods' has no room for 1 more pod: 2 of 2 are there")]
    [InlineData(2, 3, nameof(s_rolling), null)]
    [InlineData(2, 3, nameof(s_blueGreen), "quota 'pods' has no room for 2 more pods: 2 of 3 are there")]
    [InlineData(2, 4, nameof(s_blueGreen), null)]
    [InlineData(4, 5, nameof(s_canary), "quota 'pods' has no room for 2 more pods: 4 of 5 are there")]
    [InlineData(4, 6, nameof(s_canary), null)]
    public async Task Knows_how_many_pods_more_each_strategy_needs(int pods, int hard, string strategy, string? problem)
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: pods);
        await cluster.KubectlAsync("-n", given.Namespace, "create", "service", "clusterip", "shop", "--tcp=80:80");
        await cluster.Api.CreateAsync(KubeResource.Quotas, given.Namespace, new
        {
            apiVersion = "v1",
            kind = "ResourceQuota",
            metadata = new { name = "pods" },
            spec = new { hard = new { pods = $"{hard}" } }
        }, dryRun: false, default);
        await Eventually.Sees(() => cluster.Api.GetAsync(KubeResource.Quotas, given.Namespace, "pods", default),
            q => q.Root.Text("status", "used", "pods") == $"{pods}", "the quota is counted", TimeSpan.FromMinutes(2));

        var view = await given.PreflightAsync(
            given.Request("shop", "registry.example/app:2",
                strategy switch { nameof(s_rolling) => s_rolling, nameof(s_recreate) => s_recreate, nameof(s_canary) => s_canary, _ => s_blueGreen }),
            given.Request("shop", "registry.example/app:1", s_blueGreen));

        view.Results[0].Problems.GetValueOrDefault("quota")?.Single().ShouldBe(problem);
        (view.Results[0].Ok, view.Results[1].Ok).ShouldBe((problem is null, true));
    }
}
