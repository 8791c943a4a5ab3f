using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class An_analysis(TestCluster cluster)
{
    /// <summary>A record written a little late, a query sent a little early: less than the interval, but not by much.</summary>
    private static readonly TimeSpan s_nearlyTheInterval = TimeSpan.FromSeconds(1.8);

    [Fact]
    public async Task Spends_its_tolerance_one_interval_at_a_time_also_without_a_pause()
    {
        await using var prometheus = await FakePrometheus.StartAsync(null);
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:clusters:test:prometheus", prometheus.Url));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);

        await given.DeployAsync("op-1", Request(given, new { weight = 50 }, new { query = "up", min = 1, interval = "2s", initialDelay = "0s" }));
        var ended = await given.UntilAsync("op-1", DeployPhases.Failed);

        ended.Reason.ShouldBe("AnalysisUnanswered");
        prometheus.AskedAt.Count.ShouldBe(5);
        Gaps(prometheus).ShouldAllBe(gap => gap >= s_nearlyTheInterval);
    }

    [Fact]
    public async Task Keeps_its_interval_over_a_restart()
    {
        await using var prometheus = await FakePrometheus.StartAsync(null);
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:clusters:test:prometheus", prometheus.Url));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1", Request(given, new { weight = 50 }, new { query = "up", min = 1, interval = "2s" }));
        await Eventually.IsTrue(() => prometheus.AskedAt.Count >= 2, "it was asked twice", TimeSpan.FromMinutes(2));

        await given.RestartAsync();
        prometheus.Value = 1;
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        Gaps(prometheus).ShouldAllBe(gap => gap >= s_nearlyTheInterval);
    }

    [Fact]
    public async Task Waits_before_it_asks_the_first_time_and_lets_no_step_end_unasked()
    {
        await using var prometheus = await FakePrometheus.StartAsync(1);
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:clusters:test:prometheus", prometheus.Url));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        var begun = TimeProvider.System.GetUtcNow();

        await given.DeployAsync("op-1", Request(given, new { weight = 50 }, new { query = "up", min = 1, interval = "1s", initialDelay = "4s" }));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        prometheus.AskedAt.Count.ShouldBe(1);
        (prometheus.AskedAt.Single() - begun).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Takes_no_pause_away_from_somebody_who_promotes()
    {
        await using var prometheus = await FakePrometheus.StartAsync(1);
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:clusters:test:prometheus", prometheus.Url));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop", replicas: 2);
        await given.DeployAsync("op-1", Request(given, new { weight = 50, pause = true }, new { query = "up", min = 1, interval = "1s" }));
        await given.UntilAsync("op-1", DeployPhases.Paused);

        var phases = new HashSet<string>();
        await Eventually.IsTrue(async () =>
        {
            phases.Add((await given.ViewAsync("op-1")).Phase);
            return prometheus.AskedAt.Count >= 4;
        }, "it was asked four times", TimeSpan.FromMinutes(2));
        await given.CommandAsync("op-1", "promote");
        await given.UntilAsync("op-1", DeployPhases.Succeeded);

        phases.ShouldBe([DeployPhases.Paused]);
    }

    private static DeployOperationRequest Request(Given given, object step, object analysis) =>
        given.Request("shop", "registry.example/app:2", new { type = "canary", steps = new[] { step }, analysis });

    private static List<TimeSpan> Gaps(FakePrometheus prometheus) => [.. prometheus.AskedAt.Zip(prometheus.AskedAt.Skip(1), (one, next) => next - one)];
}
