using DevopsCd.Core.Deployments;
using static DevopsCd.Core.Releases.OperationStatus;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>R23 as data: a wave starts when all of the one before have succeeded, and it has soaked.</summary>
public sealed class The_waves_of_a_stage
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Start_one_after_the_other_with_the_dependencies_inside_of_each()
    {
        var stage = new A_stage().With("api", [], "east@1", "west@2").With("web", ["api"], "east@1", "west@2").With("tool", [], "west@2");

        var plan = stage.Plan();
        Started(plan).ShouldBe(["api/east"]);
        (plan.Outcome("web"), plan.Reason("web")).ShouldBe((ReleaseStatus.Waiting, "waits for api"));
        (plan.Outcome("tool"), plan.Reason("tool")).ShouldBe((ReleaseStatus.Waiting, "waits for wave 1"));

        plan = stage.Is("api", Succeeded, cluster: "east").Plan();
        Started(plan).ShouldBe(["web/east"]);
        (plan.Outcome("api"), plan.Reason("api")).ShouldBe((ReleaseStatus.Deploying, "waits for wave 1"));

        plan = stage.Is("web", Succeeded, cluster: "east").Plan();
        Started(plan).ShouldBe(["api/west", "tool/west"]);
        plan.Reason("web").ShouldBe("waits for api");
    }

    [Fact]
    public void Hold_all_that_comes_after_a_failure_while_the_rest_of_the_wave_goes_on()
    {
        var stage = new A_stage().With("api", [], "east@1", "west@2").With("web", ["api"], "east@1", "west@2").With("bad", [], "east@1").With("tool", [], "west@2")
            .Is("bad", Failed, "crashes").Is("api", Succeeded, cluster: "east");

        var plan = stage.Plan();
        Started(plan).ShouldBe(["web/east"], "it does not depend on what has failed");
        foreach (var held in (string[])["api", "tool"])
            (plan.Outcome(held), plan.Reason(held)).ShouldBe((ReleaseStatus.Held, "wave 1 did not succeed: bad"));

        plan = stage.Is("web", Succeeded, cluster: "east").Plan();
        (plan.Outcome("web"), plan.Decision, plan.Start.Count).ShouldBe((ReleaseStatus.Held, StageDecision.Failed, 0));
    }

    [Fact]
    public void Wait_until_the_one_before_has_soaked()
    {
        var soak = WaveOrder.Forward(TimeSpan.FromMinutes(30), s_now);
        var stage = new A_stage().With("api", [], "east@1", "west@3").With("web", [], "east@1")
            .Is("api", Succeeded, cluster: "east", at: s_now.AddMinutes(-20)).Is("web", Succeeded, cluster: "east", at: s_now.AddMinutes(-10));

        var plan = stage.Plan(waves: soak);

        (plan.Start.Count, plan.Decision, plan.SoaksUntil).ShouldBe((0, StageDecision.Running, s_now.AddMinutes(20)), "since the last of the wave");
        plan.Reason("api").ShouldBe("waits until 2026-12-01 12:20:00 UTC: the wave before soaks");
        Started(stage.Plan(waves: WaveOrder.Forward(TimeSpan.FromMinutes(30), s_now.AddMinutes(20)))).ShouldBe(["api/west"]);
        stage.Plan(halted: true, cancelled: true, waves: soak).Decision.ShouldBe(StageDecision.Stopped);
    }

    [Fact]
    public void Go_back_from_the_last_to_the_first()
    {
        var stage = new A_stage().With("api", ["web"], "east@1", "west@2").With("web", [], "west@2");

        Started(stage.Plan(waves: WaveOrder.Back)).ShouldBe(["web/west"]);
        Started(stage.Is("web", Succeeded).Plan(waves: WaveOrder.Back)).ShouldBe(["api/west"]);
        Started(stage.Is("api", Succeeded, cluster: "west").Plan(waves: WaveOrder.Back)).ShouldBe(["api/east"]);
    }

    private static IEnumerable<string> Started(StagePlan plan) => plan.Start.Select(s => $"{s.Item.Application}/{s.Cluster.Cluster}");
}
