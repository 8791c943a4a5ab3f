using DevopsCd.Core.Deployments;
using static DevopsCd.Core.Releases.OperationStatus;

namespace DevopsCd.Core.Tests.Deployments;

public sealed class The_plan_of_a_stage
{
    [Fact]
    public void Fills_the_free_places_and_no_more()
    {
        var stage = new A_stage().With("a").With("b").With("c").With("d").Is("a", Progressing);

        var plan = stage.Plan(concurrency: 3);

        Started(plan).ShouldBe(["b/c1", "c/c1"]);
        plan.InFlight.ShouldBe(3);
        plan.Decision.ShouldBe(StageDecision.Running);
        (plan.Outcome("d"), plan.Reason("d")).ShouldBe((ReleaseStatus.Waiting, "waits for a free place"));
    }

    [Fact]
    public void Starts_the_next_one_when_one_ends()
    {
        var stage = new A_stage().With("a").With("b").With("c").Is("a", Succeeded).Is("b", Progressing);

        Started(stage.Plan(concurrency: 2)).ShouldBe(["c/c1"]);
        Started(stage.Is("c", Pending).Plan(concurrency: 2)).ShouldBeEmpty();
    }

    [Fact]
    public void Starts_nothing_while_more_runs_than_may()
    {
        var stage = new A_stage().With("a").With("b").With("c").Is("a", Progressing).Is("b", Progressing);

        Started(stage.Plan(concurrency: 1)).ShouldBeEmpty();
    }

    [Fact]
    public void Waits_for_dependencies_and_says_which()
    {
        var stage = new A_stage().With("api").With("auth").With("web", ["api", "auth"]).Is("auth", Succeeded);

        var plan = stage.Plan();

        Started(plan).ShouldBe(["api/c1"]);
        (plan.Outcome("web"), plan.Reason("web")).ShouldBe((ReleaseStatus.Waiting, "waits for api"));
        Started(stage.Is("api", Succeeded).Plan()).ShouldBe(["web/c1"]);
    }

    [Fact]
    public void Does_not_wait_for_what_is_not_in_the_batch() => Started(new A_stage().With("web", ["elsewhere"]).Plan()).ShouldBe(["web/c1"]);

    [Fact]
    public void Does_not_wait_for_what_is_skipped()
    {
        var plan = new A_stage().WithoutSettings("library").With("web", ["library"]).Plan();

        Started(plan).ShouldBe(["web/c1"]);
        (plan.Outcome("library"), plan.Reason("library")).ShouldBe((ReleaseStatus.Skipped, "no deploy settings for this stage"));
    }

    [Fact]
    public void Completes_at_once_where_all_is_skipped() =>
        new A_stage().WithoutSettings("a").WithoutSettings("b", "a").Plan().Decision.ShouldBe(StageDecision.Completed);

    [Fact]
    public void Holds_what_hangs_on_a_failure_through_any_number_of_steps_and_goes_on_with_the_rest()
    {
        var stage = new A_stage().With("a").With("b", ["a"]).With("c", ["b"]).WithoutSettings("d", "c").With("lone").Is("a", Failed, "ImagePullBackOff");

        var plan = stage.Plan();

        Started(plan).ShouldBe(["lone/c1"]);
        (plan.Outcome("a"), plan.Reason("a")).ShouldBe((ReleaseStatus.Failed, "ImagePullBackOff"));
        (plan.Outcome("b"), plan.Reason("b")).ShouldBe((ReleaseStatus.Held, "a did not succeed"));
        (plan.Outcome("c"), plan.Reason("c")).ShouldBe((ReleaseStatus.Held, "b did not succeed"));
        plan.Decision.ShouldBe(StageDecision.Running);
        stage.Is("lone", Succeeded).Plan().Decision.ShouldBe(StageDecision.Failed);
    }

    [Theory]
    [InlineData(Failed, ReleaseStatus.Failed)]
    [InlineData(TimedOut, ReleaseStatus.TimedOut)]
    [InlineData(Stopped, ReleaseStatus.Stopped)]
    internal void Fails_after_any_bad_end(OperationStatus end, ReleaseStatus outcome)
    {
        var plan = new A_stage().With("a").With("b").Is("a", end).Is("b", Succeeded).Plan();

        plan.Decision.ShouldBe(StageDecision.Failed);
        plan.Outcome("a").ShouldBe(outcome);
        plan.Outcome("b").ShouldBe(ReleaseStatus.Succeeded);
    }

    [Fact]
    public void Counts_every_cluster_of_an_application()
    {
        var stage = new A_stage().With("a", [], "east", "west", "north").With("b", ["a"]);

        Started(stage.Plan(concurrency: 2)).ShouldBe(["a/east", "a/west"]);
        stage.Is("a", Succeeded, cluster: "east").Is("a", Progressing, cluster: "west");
        var plan = stage.Plan(concurrency: 2);
        Started(plan).ShouldBe(["a/north"]);
        (plan.Outcome("a"), plan.Outcome("b")).ShouldBe((ReleaseStatus.Deploying, ReleaseStatus.Waiting));
    }

    [Fact]
    public void Names_the_cluster_that_failed_and_starts_no_further_one()
    {
        var stage = new A_stage().With("a", [], "east", "west", "north").Is("a", Failed, "no quota", "east").Is("a", Succeeded, cluster: "west");

        var plan = stage.Plan();

        Started(plan).ShouldBeEmpty();
        (plan.Outcome("a"), plan.Reason("a")).ShouldBe((ReleaseStatus.Failed, "east: no quota"));
        plan.Decision.ShouldBe(StageDecision.Failed);
    }

    [Fact]
    public void Waits_for_what_still_runs_before_it_decides() =>
        new A_stage().With("a").With("b").Is("a", Failed).Is("b", Progressing).Plan().Decision.ShouldBe(StageDecision.Running);

    [Fact]
    public void Starts_nothing_after_a_cancel_and_stops_when_nothing_runs()
    {
        var stage = new A_stage().With("a").With("b").Is("a", Progressing);

        var plan = stage.Plan(halted: true, cancelled: true);

        Started(plan).ShouldBeEmpty();
        plan.Decision.ShouldBe(StageDecision.Running);
        (plan.Outcome("b"), plan.Reason("b")).ShouldBe((ReleaseStatus.Stopped, "the batch is being cancelled"));
        stage.Is("a", Succeeded).Plan(halted: true, cancelled: true).Decision.ShouldBe(StageDecision.Stopped);
    }

    [Fact]
    public void Starts_nothing_over_time_and_fails_when_nothing_runs()
    {
        var stage = new A_stage().With("a").With("b").With("c", ["b"]).Is("a", Succeeded);

        var plan = stage.Plan(halted: true);

        Started(plan).ShouldBeEmpty();
        plan.Decision.ShouldBe(StageDecision.Failed);
        plan.Outcome("b").ShouldBe(ReleaseStatus.TimedOut);
        plan.Outcome("c").ShouldBeOneOf(ReleaseStatus.TimedOut, ReleaseStatus.Held);
    }

    [Fact]
    public void Completes_over_time_when_everything_has_succeeded() =>
        new A_stage().With("a").Is("a", Succeeded).Plan(halted: true).Decision.ShouldBe(StageDecision.Completed);

    /// <summary>An application with several clusters, one done, the other not begun when the time is up.</summary>
    [Fact]
    public void Gives_a_half_deployed_application_an_outcome_when_it_is_halted()
    {
        var stage = new A_stage().With("a", [], "east", "west").Is("a", Succeeded, cluster: "east");

        stage.Plan(halted: true).Outcome("a").ShouldBe(ReleaseStatus.TimedOut);
        stage.Plan(halted: true, cancelled: true).Outcome("a").ShouldBe(ReleaseStatus.Stopped);
    }

    private static IEnumerable<string> Started(StagePlan plan) => plan.Start.Select(s => $"{s.Item.Application}/{s.Cluster.Cluster}");
}
