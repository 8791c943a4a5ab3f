using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>An operation that has ended for its batch while the deploy service may still carry it out: its stop stays due (R9).</summary>
public sealed class A_given_up_operation
{
    private static readonly DeployAnswer s_lost = new DeployAnswer.Transient("the answer was lost");
    private static readonly DeployAnswer s_down = new DeployAnswer.Transient("the deploy service answered 503");
    private static readonly DeployAnswer s_refused = new DeployAnswer.Refused("the deploy service refused with 401: no reason");

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_asked_to_stop_until_the_service_says_so(string database)
    {
        await using var engine = await Engine.Start(database);
        engine.Service.OnSubmit = _ => s_lost;
        var stops = new Queue<DeployAnswer>(
            [s_down, s_refused, new DeployAnswer.NotSent(TimeSpan.FromSeconds(3)), new DeployAnswer.Progressing(), new DeployAnswer.Stopped()]);
        engine.Service.OnStop = _ => stops.Dequeue();
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromSeconds(7));

        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed, "the batch has gone on");
        var given = await engine.Operation(batch, "api");
        (given.Status, given.Tries, given.MayRun, given.SettledAt).ShouldBe((OperationStatus.Failed, 4, true, null));
        engine.Service.Calls.Count(c => c.Verb == "stop").ShouldBe(1, "asked at once");
        await engine.Pass(TimeSpan.FromMinutes(1));
        engine.Service.Calls.Count(c => c.Verb == "stop").ShouldBe(5);
        var settled = await engine.Operation(batch, "api");
        (settled.Status, settled.MayRun, settled.NextActionAt).ShouldBe((OperationStatus.Failed, false, null));
        settled.SettledAt.ShouldNotBeNull();
        settled.Error.ShouldBe("gave up after 4 tries: the answer was lost");
    }

    public static TheoryData<string> Ends => ["succeeded", "failed", "unknown"];

    [Theory, MemberData(nameof(Ends))]
    public async Task Is_settled_by_whatever_says_that_nothing_runs(string word)
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => s_lost;
        engine.Service.OnStop = _ => word switch
        {
            "succeeded" => new DeployAnswer.Succeeded(),
            "failed" => new DeployAnswer.Failed("CrashLoopBackOff"),
            _ => new DeployAnswer.Unknown()
        };
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(1));

        engine.Service.Calls.Count(c => c.Verb == "stop").ShouldBe(1);
        var operation = await engine.Operation(batch, "api");
        (operation.Status, operation.MayRun).ShouldBe((OperationStatus.Failed, false), "its end for the batch stays as it was");
    }

    [Fact]
    public async Task Is_settled_by_a_look_where_the_service_refuses_to_stop_what_has_ended()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => s_lost;
        engine.Service.OnStop = _ => new DeployAnswer.Refused("409");
        engine.Service.OnLook = _ => new DeployAnswer.Succeeded();
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(1));

        (await engine.Operation(batch, "api")).MayRun.ShouldBeFalse();
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_stopped_by_the_next_process_when_this_one_dies(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:retry_count", "0"));
        engine.Service.OnSubmit = _ => s_lost;
        engine.Service.KillNext("stop");
        var batch = await engine.SealedBatch("api");
        await engine.DeliverUntilDeath();
        engine.Mail.Lose();

        await using var second = engine.Another();
        await second.Pass(TimeSpan.FromMinutes(1));
        await second.Scan();
        await second.Deliver();

        engine.Service.Calls.Count(c => c.Verb == "stop").ShouldBe(2);
        (await second.Operation(batch, "api")).MayRun.ShouldBeFalse();
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Holds_back_the_next_attempt_which_says_why(string database)
    {
        await using var engine = await Engine.Start(database);
        engine.Service.OnSubmit = _ => s_lost;
        engine.Service.OnStop = _ => s_down;
        var batch = await engine.SealedBatch("api");
        await engine.Pass(TimeSpan.FromSeconds(20));
        var first = await engine.Operation(batch, "api");
        engine.Service.OnSubmit = _ => new DeployAnswer.Succeeded();

        await engine.Accepted(batch, "start_pre_deploy");
        await engine.Pass(TimeSpan.FromMinutes(2));

        var release = await engine.Release(batch, "api");
        (release.PreStatus, release.StatusReason).ShouldBe(
            (ReleaseStatus.Waiting, $"waits for {first.OperationId}: it was given up and may still run; its stop is not confirmed"));
        engine.Service.Submits("api").Count.ShouldBe(4);
        engine.Service.OnStop = _ => new DeployAnswer.Stopped();
        await engine.Pass(TimeSpan.FromSeconds(10));
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        engine.Service.Submits("api").Count.ShouldBe(5);
    }

    [Fact]
    public async Task Holds_back_another_batch_on_its_workload_and_no_other()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:retry_count", "0"));
        engine.Service.OnSubmit = _ => s_lost;
        engine.Service.OnStop = _ => s_down;
        var first = await engine.SealedBatch("api");
        await engine.Pass(TimeSpan.FromSeconds(1));
        await engine.Accepted(first, "cancel");
        engine.Service.OnSubmit = _ => new DeployAnswer.Succeeded();

        var second = await engine.SealedBatch("api", "web");
        await engine.Pass(TimeSpan.FromSeconds(30));

        (await engine.Releases(second)).Select(r => (r.App.Name, r.PreStatus)).ShouldBe([("api", ReleaseStatus.Waiting), ("web", ReleaseStatus.Succeeded)]);
        engine.Service.OnStop = _ => new DeployAnswer.Unknown();
        await engine.Pass(TimeSpan.FromSeconds(10));
        (await engine.Status(second)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Status(first)).ShouldBe(BatchStatus.Cancelled);
    }

    [Fact]
    public async Task Takes_a_place_of_its_batch()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:concurrent_apps", "1"), ("deploy:retry_count", "0"));
        engine.Service.Submitted("api", s_lost);
        engine.Service.OnStop = _ => s_down;
        var batch = await engine.SealedBatch("api", "web");

        await engine.Pass(TimeSpan.FromSeconds(30));

        engine.Service.Submits("web").ShouldBeEmpty("one operation may run, and that is all there may be (I7)");
        (await engine.Release(batch, "web")).StatusReason.ShouldBe("waits for a free place; what was given up may still run");
        engine.Service.OnStop = _ => new DeployAnswer.Stopped();
        await engine.Pass(TimeSpan.FromSeconds(10));
        (await engine.Release(batch, "web")).PreStatus.ShouldBe(ReleaseStatus.Succeeded);
    }

    [Fact]
    public async Task That_is_never_confirmed_holds_a_stage_no_longer_than_its_time()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:batch_timeout", "5m"), ("deploy:retry_count", "0"));
        engine.Service.OnSubmit = _ => s_lost;
        engine.Service.OnStop = _ => s_down;
        var batch = await engine.SealedBatch("api");
        await engine.Pass(TimeSpan.FromSeconds(1));
        var first = await engine.Operation(batch, "api");

        await engine.Accepted(batch, "start_pre_deploy");
        await engine.Pass(TimeSpan.FromMinutes(6));
        await engine.Scan();
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
        (await engine.Release(batch, "api")).StatusReason
            .ShouldBe($"the stage ran out of time before it started; it waited for {first.OperationId}, which may still run");
    }

    [Fact]
    public async Task That_surely_never_arrived_is_forgotten()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => new DeployAnswer.Transient("no connection", MayHaveArrived: false);
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(1));

        engine.Service.Calls.Select(c => c.Verb).Distinct().ShouldBe(["submit"]);
        (await engine.Operation(batch, "api")).MayRun.ShouldBeFalse();
    }

    [Fact]
    public async Task Whose_submit_was_refused_after_another_one_may_have_arrived_is_stopped_as_well()
    {
        await using var engine = await Engine.Start();
        engine.Service.Submitted("api", s_lost, new DeployAnswer.Refused("401"));
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(1));

        engine.Service.Calls.Select(c => c.Verb).ShouldBe(["submit", "submit", "stop"]);
        (await engine.Find(batch.CorrelationId)).LastFailure.ShouldBe("api: 401");
    }

    [Fact]
    public async Task May_have_moved_production()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:retry_count", "0"));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        engine.Service.OnSubmit = _ => s_lost;
        engine.Service.OnStop = _ => s_down;

        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Pass(TimeSpan.FromSeconds(1));

        (await engine.Find(batch.CorrelationId)).Prod.Dirty.ShouldBeTrue();
    }

    [Fact]
    public async Task By_its_deadline_is_asked_to_stop_until_the_service_says_so()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:single_app_timeout", "1m"));
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var stops = new Queue<DeployAnswer>([s_down, s_down, new DeployAnswer.Stopped()]);
        engine.Service.OnStop = _ => stops.Dequeue();
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(2));

        (await engine.Operation(batch, "api")).Status.ShouldBe(OperationStatus.TimedOut);
        engine.Service.Calls.Count(c => c.Verb == "stop").ShouldBe(3);
    }

    [Fact]
    public async Task Of_a_cancelled_batch_stays_due_after_the_batch_has_ended()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => s_lost;
        engine.Service.OnStop = _ => s_down;
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        await engine.Raise(batch, "cancel");
        await engine.Pass(TimeSpan.FromSeconds(30));

        (await engine.Status(batch)).ShouldBe(BatchStatus.Cancelled);
        (await engine.Operation(batch, "api")).Error.ShouldBe("stopped; the deploy service has not confirmed it");
        engine.Service.OnStop = _ => new DeployAnswer.Stopped();
        await engine.Pass(TimeSpan.FromSeconds(10));
        (await engine.Operation(batch, "api")).MayRun.ShouldBeFalse();
        (await engine.Audit(batch)).Last(e => e.Outcome == EventOutcome.Accepted).Event.ShouldBe("deploy_stopped", "nothing follows the end (I9)");
    }
}
