namespace DevopsCd.Core.Tests.Releases;

public sealed class A_stage_of_a_batch
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 30, 9, 0, 0, TimeSpan.Zero);

    private readonly Batch _batch = new();

    public static TheoryData<string> All => [.. Stages.Forward.Select(s => s.ToString())];

    [Theory]
    [MemberData(nameof(All))]
    public void Counts_its_attempts_and_gives_each_its_time(string name)
    {
        var stage = Enum.Parse<Stage>(name);
        _batch.Begin(stage, s_start, TimeSpan.FromMinutes(30));
        _batch.Fail(stage, "api: no quota", moved: false, s_start.AddMinutes(5));
        _batch.Begin(stage, s_start.AddMinutes(10), TimeSpan.FromMinutes(30));

        (_batch.Run(stage).Attempt, _batch.Run(stage).StartedAt, _batch.Run(stage).FinishedAt).ShouldBe((2, s_start.AddMinutes(10), null));
        (_batch.LastFailure, _batch.StageDeadlineAt).ShouldBe((null, s_start.AddMinutes(40)));
        (_batch.OverTime(s_start.AddMinutes(39)), _batch.OverTime(s_start.AddMinutes(40))).ShouldBe((false, true));
        _batch.Run(Stages.Forward.Single(other => other != stage)).ShouldBe(new StageRun(), "the other one knows nothing of it");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Has_no_time_to_keep_once_it_has_ended(string name)
    {
        var stage = Enum.Parse<Stage>(name);
        _batch.Begin(stage, s_start, TimeSpan.FromMinutes(30));
        _batch.Complete(stage, s_start.AddMinutes(5));

        (_batch.Run(stage).FinishedAt, _batch.StageDeadlineAt, _batch.OverTime(s_start.AddDays(1))).ShouldBe((s_start.AddMinutes(5), null, false));
    }

    [Theory]
    [InlineData("Pre", true)]
    [InlineData("Prod", false)]
    public void Waits_for_a_person_after_a_failure_where_it_would_start_by_itself(string name, bool blocked)
    {
        var stage = Enum.Parse<Stage>(name);
        _batch.Begin(stage, s_start, TimeSpan.FromMinutes(30));
        _batch.Fail(stage, "api: no quota", moved: false, s_start);

        (_batch.AutoDeployBlocked, _batch.LastFailure).ShouldBe((blocked, "api: no quota"));
        _batch.Begin(stage, s_start, TimeSpan.FromMinutes(30));
        _batch.AutoDeployBlocked.ShouldBeFalse();
    }

    [Fact]
    public void Stays_dirty_until_an_attempt_succeeds()
    {
        foreach (var moved in new[] { true, false })
        {
            _batch.Begin(Stage.Prod, s_start, TimeSpan.FromMinutes(30));
            _batch.Fail(Stage.Prod, "api: crashed", moved, s_start);
            _batch.Prod.Dirty.ShouldBeTrue($"moved: {moved}");
        }

        _batch.Begin(Stage.Prod, s_start, TimeSpan.FromMinutes(30));
        _batch.Prod.Dirty.ShouldBeTrue("nothing has succeeded yet");
        _batch.Complete(Stage.Prod, s_start);
        _batch.Prod.Dirty.ShouldBeFalse();
    }

    [Fact]
    public void Ends_with_the_batch_where_a_cancel_was_asked_for()
    {
        _batch.Begin(Stage.Pre, s_start, TimeSpan.FromMinutes(30));
        _batch.RequestCancel("ann", "wrong week");
        _batch.FinishCancel(Stage.Pre, s_start.AddMinutes(1));

        (_batch.CancelledBy, _batch.CancelReason, _batch.CancelledAt).ShouldBe(("ann", "wrong week", s_start.AddMinutes(1)));
        (_batch.Pre.FinishedAt, _batch.StageDeadlineAt).ShouldBe((s_start.AddMinutes(1), null));
    }
}
