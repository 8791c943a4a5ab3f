using DevopsCd.Core.Batches;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;

namespace DevopsCd.Core.Tests.Notifications;

public sealed class A_lane_of_one_batch_on_one_channel
{
    private readonly NotificationOptions _options = new();
    private DateTimeOffset? _told;
    private DateTimeOffset _now = Sample.Noon;

    [Fact]
    public void Sends_the_oldest_notice_alone_when_the_next_one_is_other_news()
    {
        var plan = Plan(Sample.Completed(), Notice.ProductionReady(Sample.Batch(status: BatchStatus.PreDeployed), Sample.Noon, [], null));

        plan.Main!.Row.Id.ShouldBe(1);
        plan.Carried.ShouldBeEmpty();
    }

    [Fact]
    public void Lets_a_later_notice_carry_the_progress_that_it_has_overtaken()
    {
        var plan = Plan(Sample.Approved(), Sample.Sealed(), Sample.Started(), Sample.Completed());

        plan.Main!.Notice.Event.ShouldBe("pre_deploy_completed");
        plan.Carried.Select(c => c.Notice.Event).ShouldBe(["approve", "confirm_tag", "start_pre_deploy"]);
    }

    [Fact]
    public void Never_drops_the_result_of_a_stage_for_a_later_start()
    {
        var plan = Plan(Sample.Failed(), Sample.Started(version: 5));

        plan.Main!.Notice.Event.ShouldBe("pre_deploy_failed");
        plan.Carried.ShouldBeEmpty();
    }

    [Fact]
    public void Waits_for_the_next_try_of_its_head_whatever_else_is_due()
    {
        var lane = Lane(Sample.Failed(), Sample.Started(version: 5));
        lane[0].Row.Tries = 2;
        lane[0].Row.NextAttemptAt = _now.AddSeconds(40);

        LanePlanner.Plan(lane, _ => null, _now, _options).WaitUntil.ShouldBe(_now.AddSeconds(40));
    }

    [Fact]
    public void Tells_a_failed_application_of_a_small_batch_at_once()
    {
        _told = _now;

        Plan(Sample.AppFailed(1, total: 3)).Main.ShouldNotBeNull();
    }

    [Fact]
    public void Gathers_the_failures_of_a_large_batch_until_the_minute_is_over()
    {
        _told = _now.AddSeconds(-10);

        Plan(Sample.AppFailed(1, total: 500), Sample.AppFailed(2, total: 500)).WaitUntil.ShouldBe(_now.AddSeconds(50));

        _now = _now.AddSeconds(50);
        var plan = Plan(Sample.AppFailed(1, total: 500), Sample.AppFailed(2, total: 500));
        (plan.Carried.Count + 1).ShouldBe(2);
    }

    [Fact]
    public void Puts_the_failures_of_a_stage_into_its_result_also_when_they_were_written_after_it()
    {
        var plan = Plan(Sample.AppFailed(1), Sample.Failed(failed: 2), Sample.AppFailed(2));

        plan.Main!.Notice.Event.ShouldBe("pre_deploy_failed");
        plan.Carried.Count.ShouldBe(2);
    }

    [Fact]
    public void Keeps_the_failures_of_another_attempt_apart()
    {
        var plan = Plan(Sample.AppFailed(1) with { Attempt = 1 }, Sample.AppFailed(1) with { Attempt = 2 });

        plan.Carried.ShouldBeEmpty();
    }

    [Fact]
    public void Paces_the_result_of_a_stage_only_when_many_failed()
    {
        _told = _now.AddSeconds(-1);

        Plan(Sample.Failed(failed: 5, total: 500)).Main.ShouldNotBeNull();
        Plan(Sample.Failed(failed: 6, total: 500)).WaitUntil.ShouldBe(_now.AddSeconds(59));
        Plan(Sample.Completed(total: 500)).Main.ShouldNotBeNull();
    }

    private LanePlan Plan(params Notice[] notices) => LanePlanner.Plan(Lane(notices), _ => _told, _now, _options);

    private List<LaneRow> Lane(params Notice[] notices) => notices.Select((notice, i) => new LaneRow(
        new Notification { Id = i + 1, NoticeKey = notice.Key, Channel = "it", Kind = notice.Kind, Payload = "", NextAttemptAt = _now }, notice)).ToList();
}
