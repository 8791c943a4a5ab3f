using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>R9 and R10.</summary>
public sealed class An_operation
{
    private static readonly DeployAnswer s_down = new DeployAnswer.Transient("down");

    [Theory]
    [InlineData("postgres", "exponential", new[] { 1, 2, 4 })]
    [InlineData("sqlite", "exponential", new[] { 1, 2, 4 })]
    [InlineData("sqlite", "linear", new[] { 1, 2, 3 })]
    public async Task Is_tried_again_by_the_schedule_and_then_given_up(string database, string backoff, int[] waits)
    {
        await using var engine = await Engine.Start(database, ("deploy:retry_backoff", backoff));
        engine.Service.OnSubmit = _ => s_down;
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(5));

        Waits(engine, "api").ShouldBe(waits.Select(w => TimeSpan.FromSeconds(w)));
        var operation = await engine.Operation(batch, "api");
        (operation.Status, operation.Tries, operation.Error).ShouldBe((OperationStatus.Failed, 4, "gave up after 4 tries: down"));
        engine.Service.Submits("api").Select(c => c.OperationId).Distinct().ShouldHaveSingleItem().ShouldBe(operation.OperationId);
        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
    }

    [Fact]
    public async Task Waits_as_long_as_the_service_asks_for()
    {
        await using var engine = await Engine.Start();
        engine.Service.Submitted("api", new DeployAnswer.Transient("busy", TimeSpan.FromSeconds(20)), s_down, new DeployAnswer.Succeeded());
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(1));

        Waits(engine, "api").ShouldBe([TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(2)]);
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Fact]
    public async Task Refused_for_good_is_not_tried_again()
    {
        await using var engine = await Engine.Start();
        engine.Service.Submitted("api", new DeployAnswer.Refused("422: no such namespace"));
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(5));

        engine.Service.Submits("api").Count.ShouldBe(1);
        (await engine.Find(batch.CorrelationId)).LastFailure.ShouldBe("api: 422: no such namespace");
    }

    [Fact]
    public async Task Whose_caller_died_is_taken_up_by_the_redelivered_message_when_its_claim_ends()
    {
        await using var engine = await Engine.Start();
        engine.Service.KillNext("submit");
        var batch = await engine.SealedBatch("api");
        await engine.DeliverUntilDeath();
        var submit = engine.Told<DeployApplication>()[^1];
        engine.Mail.Lose();

        await engine.Deliver(submit, again: true);
        engine.Service.Submits("api").Count.ShouldBe(1, "the dead caller's claim holds");
        await engine.Pass(TimeSpan.FromSeconds(21));

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Operation(batch, "api")).Tries.ShouldBe(2, "the try of the one who died counts (I8)");
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Whose_caller_died_in_the_last_try_is_not_tried_again(string database)
    {
        await using var engine = await Engine.Start(database);
        engine.Service.OnSubmit = _ => s_down;
        var batch = await engine.SealedBatch("api");
        await engine.Pass(TimeSpan.FromSeconds(6));
        engine.Service.KillNext("submit");
        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        await engine.DeliverUntilDeath();
        engine.Mail.Lose();

        await using var second = engine.Another();
        await second.Pass(TimeSpan.FromMinutes(1));
        await second.Scan();
        await second.Deliver();

        second.Service.Submits("api").Count.ShouldBe(4);
        var operation = await second.Operation(batch, "api");
        (operation.Status, operation.Tries, operation.Error).ShouldBe((OperationStatus.Failed, 4, "gave up after 4 tries: down"));
        second.Service.Calls.Last().Verb.ShouldBe("stop", "the last try may have arrived");
    }

    [Fact]
    public async Task Whose_caller_died_waits_as_long_as_after_a_failed_try()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:retry_count", "10"));
        engine.Service.OnSubmit = _ => s_down;
        await engine.SealedBatch("api");
        await engine.Pass(TimeSpan.FromSeconds(62));
        engine.Service.KillNext("submit");
        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        await engine.DeliverUntilDeath();
        engine.Mail.Lose();

        await using var second = engine.Another();
        for (var i = 0; i < 5; i++)
        {
            await second.Pass(TimeSpan.FromSeconds(30));
            await second.Scan();
        }
        await second.Pass(TimeSpan.FromSeconds(1));

        Waits(engine, "api").Take(7).ShouldAllBe(w => w > TimeSpan.Zero);
        Waits(engine, "api").ElementAt(6).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(64), "a claim of 20 s must not cut the wait short");
    }

    [Fact]
    public async Task That_the_service_accepts_and_never_knows_keeps_its_budget_and_its_waits()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        engine.Service.OnLook = _ => new DeployAnswer.Unknown();
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(5));

        Waits(engine, "api").ShouldBe([TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(9)], "a poll, and 1, 2 and 4 s");
        (await engine.Operation(batch, "api")).Error.ShouldBe("gave up after 4 tries: the deploy service does not know the operation that it had accepted");
        engine.Service.Calls.Last().Verb.ShouldBe("stop");
    }

    [Fact]
    public async Task Whose_look_is_refused_goes_on_and_says_so()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        engine.Service.OnLook = _ => new DeployAnswer.Refused("the deploy service refused with 401: no reason");
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(1));

        var operation = await engine.Operation(batch, "api");
        (operation.Status, operation.Error).ShouldBe((OperationStatus.Progressing, "the deploy service refused with 401: no reason"));
        engine.Service.OnLook = _ => new DeployAnswer.Succeeded();
        await engine.Pass(TimeSpan.FromSeconds(5));
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        engine.Service.Submits("api").Count.ShouldBe(1);
        engine.Service.Calls.ShouldAllBe(c => c.Verb != "stop");
    }

    [Fact]
    public async Task Whose_submit_cannot_be_made_fails_like_any_other()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => throw new FormatException("the value 'secret' cannot be a header");
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(1));

        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
        (await engine.Operation(batch, "api")).Error.ShouldBe("gave up after 4 tries: the call to the deploy service failed with FormatException");
    }

    [Fact]
    public async Task Whose_looks_cannot_be_made_ends_at_its_deadline()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:single_app_timeout", "2m"));
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        engine.Service.OnLook = _ => throw new FormatException();
        engine.Service.OnStop = _ => throw new FormatException();
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(3));

        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
        (await engine.Operation(batch, "api")).Status.ShouldBe(OperationStatus.TimedOut);
    }

    [Fact]
    public async Task Whose_calls_cannot_be_made_is_cancelled_all_the_same()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => throw new FormatException();
        engine.Service.OnStop = _ => throw new FormatException();
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        await engine.Raise(batch, "cancel");
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.Cancelled);
    }

    [Fact]
    public async Task That_was_not_sent_is_no_try()
    {
        await using var engine = await Engine.Start();
        engine.Service.Submitted("api", Enumerable.Repeat<DeployAnswer>(new DeployAnswer.NotSent(TimeSpan.FromSeconds(5)), 10));
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(2));

        (await engine.Operation(batch, "api")).Tries.ShouldBe(1);
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Fact]
    public async Task Whose_looks_are_not_sent_keeps_its_tries()
    {
        await using var engine = await Engine.Start();
        engine.Service.Submitted("api", s_down, new DeployAnswer.Progressing());
        engine.Service.Looked("api", new DeployAnswer.NotSent(TimeSpan.FromSeconds(5)), new DeployAnswer.NotSent(TimeSpan.FromSeconds(5)),
            new DeployAnswer.Succeeded());
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(1));

        (await engine.Operation(batch, "api")).Tries.ShouldBe(2);
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Fact]
    public async Task Is_polled_until_it_ends()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        engine.Service.Looked("api", new DeployAnswer.Progressing(), s_down, new DeployAnswer.Succeeded());
        var batch = await engine.SealedBatch("api");
        var started = engine.Now;

        await engine.Pass(TimeSpan.FromMinutes(1));

        engine.Service.Calls.Where(c => c.Verb == "look").Select(c => (c.At - started).TotalSeconds).ShouldBe([5, 10, 15]);
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Operation(batch, "api")).Tries.ShouldBe(1);
    }

    [Fact]
    public async Task Lost_by_the_service_is_submitted_again_under_its_id()
    {
        await using var engine = await Engine.Start();
        engine.Service.Submitted("api", new DeployAnswer.Progressing());
        engine.Service.Looked("api", new DeployAnswer.Unknown());
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(1));

        engine.Service.Submits("api").Select(c => c.OperationId).ShouldBe(Enumerable.Repeat((await engine.Operation(batch, "api")).OperationId, 2));
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Over_its_time_is_stopped_and_timed_out(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:poll_interval", "1m"), ("deploy:single_app_timeout", "10m"));
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var batch = await engine.SealedBatch("api", "web");
        engine.Service.Looked("web", new DeployAnswer.Succeeded());
        var started = engine.Now;

        await engine.Pass(TimeSpan.FromMinutes(30));

        var operation = await engine.Operation(batch, "api");
        (operation.Status, operation.FinishedAt, operation.DeadlineAt).ShouldBe((OperationStatus.TimedOut, started.AddMinutes(10), started.AddMinutes(10)));
        engine.Service.Calls.Where(c => c.Verb == "stop").Select(c => (c.Application, c.At)).ShouldBe([("api", started.AddMinutes(10))]);
        (await engine.Find(batch.CorrelationId)).LastFailure.ShouldNotBeNull().ShouldStartWith("api: not done by");
        (await engine.Release(batch, "api")).PreStatus.ShouldBe(ReleaseStatus.TimedOut);
    }

    [Fact]
    public async Task Over_its_time_between_two_tries_is_timed_out_as_well()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:single_app_timeout", "10s"), ("deploy:retry_count", "10"));
        engine.Service.OnSubmit = _ => s_down;
        var batch = await engine.SealedBatch("api");
        var started = engine.Now;

        await engine.Pass(TimeSpan.FromMinutes(1));

        var operation = await engine.Operation(batch, "api");
        (operation.Status, operation.FinishedAt).ShouldBe((OperationStatus.TimedOut, started.AddSeconds(10)));
        engine.Service.Submits("api").Count.ShouldBe(4, "at 0, 1, 3 and 7 s");
        operation.Tries.ShouldBe(4, "the look at the clock is no try");
    }

    [Fact]
    public async Task Ends_with_the_stage_when_that_is_over_time()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:batch_timeout", "3m"), ("deploy:poll_interval", "1m"), ("deploy:concurrent_apps", "1"));
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var batch = await engine.SealedBatch("api", "web");
        var started = engine.Now;

        await engine.Pass(TimeSpan.FromMinutes(10));

        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
        (await engine.Operation(batch, "api")).FinishedAt.ShouldBe(started.AddMinutes(3));
        (await engine.Releases(batch)).Select(r => r.PreStatus).ShouldBe([ReleaseStatus.TimedOut, ReleaseStatus.TimedOut]);
        engine.Service.Submits("web").ShouldBeEmpty();
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_called_once_for_a_message_that_comes_to_two_processes(string database)
    {
        await using var engine = await Engine.Start(database);
        await using var other = engine.Another();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var batch = await engine.SealedBatch("api");
        while (engine.Mail.Waiting.All(p => p.Message is not DeployApplication))
            if (engine.Mail.Next(engine.Now) is { } posted)
                await engine.Deliver(posted.Message, posted.Id);
        var submit = engine.Mail.Waiting.Select(p => p.Message).OfType<DeployApplication>().Single();

        await Task.WhenAll(Task.Run(() => engine.Deliver(submit, null)), Task.Run(() => other.Deliver(submit, null)),
            Task.Run(() => engine.Deliver(submit, null)));

        engine.Service.Submits("api").Count.ShouldBe(1);
        (await engine.Operation(batch, "api")).Tries.ShouldBe(1);
    }

    [Fact]
    public async Task That_has_ended_ignores_a_late_report_and_keeps_it()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        var operation = await engine.Operation(batch, "api");

        await Report(engine, operation, DeploymentPhase.Failed);

        (await engine.Operation(batch, "api")).Status.ShouldBe(OperationStatus.Succeeded);
        var row = (await engine.Audit(batch)).Last();
        (row.Event, row.Outcome, row.Reason).ShouldBe(
            ("deployment_reported", EventOutcome.Ignored, $"{operation.OperationId} has ended as succeeded; reported failed"));
    }

    [Fact]
    public async Task Of_an_older_attempt_or_an_ended_batch_changes_nothing()
    {
        await using var engine = await Engine.Start();
        engine.Service.Submitted("api", new DeployAnswer.Failed("first"));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        var old = await engine.Operation(batch, "api");
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        await engine.Accepted(batch, "start_pre_deploy");
        await engine.Deliver();

        await Report(engine, old, DeploymentPhase.Succeeded);
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeploying);
        await engine.Raise(batch, "cancel");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.Cancelled);
        await Report(engine, await engine.Operation(batch, "api"), DeploymentPhase.Succeeded);

        (await engine.Status(batch)).ShouldBe(BatchStatus.Cancelled);
        (await engine.Audit(batch)).Count(e => e.Event == "deployment_reported" && e.Outcome == EventOutcome.Ignored).ShouldBe(2);
    }

    [Fact]
    public async Task That_is_told_of_too_late_does_not_end_a_newer_attempt()
    {
        await using var engine = await Engine.Start();
        engine.Service.Submitted("api", new DeployAnswer.Failed("first"));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        await engine.Accepted(batch, "start_pre_deploy");

        await engine.Deliver(new PreDeployFailed { BatchId = batch.CorrelationId, Operator = "engine", Attempt = 1, Reason = "late" }, Guid.NewGuid());
        await engine.Deliver(new PreDeployCompleted { BatchId = batch.CorrelationId, Operator = "ann" }, Guid.NewGuid());

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeploying);
        var rows = (await engine.Audit(batch)).TakeLast(2).ToList();
        rows.Select(r => r.Outcome).ShouldBe([EventOutcome.Ignored, EventOutcome.Refused]);
        rows[0].Reason.ShouldBe("the report is about attempt 1; the present one is 2");
    }

    private static Task Report(Engine engine, Deployment operation, DeploymentPhase phase, string? message = null) =>
        engine.Do<DeploymentOperationRunner>(d => d.ReportAsync(
        new DeploymentReported { OperationId = operation.OperationId, Phase = phase, Message = message },
            new ReportSender("ci-bot", EventSource.Http, "192.0.2.7"), default));

    private static IEnumerable<TimeSpan> Waits(Engine engine, string application)
    {
        var times = engine.Service.Submits(application).Select(c => c.At).ToList();
        return times.Zip(times.Skip(1), (first, next) => next - first);
    }
}
