using System.Globalization;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Outbound;
using DevopsCd.Core.Policies;
using DevopsCd.Core.Tests.Approvals;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Core.Tests.Notifications;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Gates;

/// <summary>R22.</summary>
public sealed class A_gate
{
    private const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task That_a_person_decides_holds_what_it_stands_before_until_then(string database)
    {
        await using var engine = await Engine.Start(database, ("notification:provider", "log"));
        await Set(engine, Manual("legal", "before_seal"), Manual("ops", "before_pre"));
        var batch = await engine.Batch("api");
        (await Gates(engine, batch)).Select(g => (g.Name, g.Status, g.Id)).ShouldBe([("legal", "waiting", null), ("ops", "waiting", null)]);
        await engine.Accepted(batch, "approve");

        var refused = await engine.Raise(batch, "confirm_tag");
        (refused.RefusalKind, refused.Reason).ShouldBe((RefusalKind.Illegal, "the gate legal waits for a person"));
        var obstacle = (await Explained(engine, batch, "confirm_tag")).Obstacles.ShouldHaveSingleItem();
        (obstacle.Guard, obstacle.Reason, obstacle.LiftedBy).ShouldBe(("gate", refused.Reason, "approve"));
        await Decide(engine, batch, "legal", passes: true);
        await engine.Accepted(batch, "confirm_tag");
        await engine.Deliver();
        await engine.Scan();
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed, "the second one holds the automatic start");
        (await engine.Audit(batch)).Count(e => e.Event == "start_pre_deploy").ShouldBe(0, "and nobody hammers it");
        await Decide(engine, batch, "ops", passes: true);
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed, "it starts as soon as it has passed");
        (await engine.Audit(batch)).Where(e => e.Event.StartsWith("gate_")).Select(e => (e.Event, e.Operator, e.Outcome, e.Reason))
            .ShouldBe([("gate_passed", "bob", EventOutcome.Noted, "legal: as agreed"), ("gate_passed", "bob", EventOutcome.Noted, "ops: as agreed")]);
        (await engine.Read(db => db.Set<Notification>().Where(n => n.NoticeKey.Contains("/gate/")).Select(n => n.Kind).ToListAsync()))
            .Select(k => $"{k}").Order().ShouldBe(["GatePassed", "GatePassed", "GateWaits", "GateWaits"]);
    }

    [Fact]
    public async Task Is_asked_anew_about_other_content_and_about_another_form_of_it()
    {
        await using var engine = await Engine.Start();
        await Set(engine, Manual("legal", "before_seal"));
        var batch = await engine.Batch("api");
        await engine.Accepted(batch, "approve");
        var first = await Run(engine, batch, "legal");
        await Decide(engine, batch, "legal", passes: true);
        (await Explained(engine, batch, "confirm_tag")).Allowed.ShouldBeTrue();

        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Build("api", "2");

        (await Explained(engine, batch, "confirm_tag")).Obstacles.Single().Reason.ShouldBe("the gate legal waits for a person");
        var second = await Run(engine, batch, "legal");
        (second.Id, second.ContentHash).ShouldSatisfyAllConditions(r => r.Id.ShouldNotBe(first.Id), r => r.ContentHash.ShouldNotBe(first.ContentHash));
        (await Refused(engine, d => d.ResultAsync(second.Id, Said("passed") with { ContentHash = first.ContentHash }, s_bob, default)))
            .ShouldBe("the gate legal was asked about other content");
        await engine.Build("api", "3");
        (await Run(engine, batch, "legal")).Id.ShouldNotBe(second.Id);
        (await Refused(engine, d => d.ResultAsync(second.Id, Said("passed"), s_bob, default))).ShouldBe("the gate legal is outdated already");
        await Decide(engine, batch, "legal", passes: true);

        await Set(engine, Manual("legal", "before_seal") with { Timeout = "2h" });
        (await Explained(engine, batch, "confirm_tag")).Obstacles.Single().Reason.ShouldBe("the gate legal has not been asked yet");
        await engine.Scan();
        (await Run(engine, batch, "legal")).ShouldSatisfyAllConditions(
            r => (r.Status, r.Round).ShouldBe((GateStatus.Pending, 1)), r => r.DeadlineAt.ShouldBe(engine.Now.AddHours(2)));
        engine.Clock.Advance(TimeSpan.FromHours(2));
        await engine.Deliver();
        (await engine.Raise(batch, "confirm_tag")).Reason.ShouldBe("the gate legal has failed: no result within 2h");
    }

    [Fact]
    public async Task That_has_failed_is_asked_again_or_overridden_with_a_reason()
    {
        await using var engine = await Engine.Start();
        await Set(engine, Manual("ops", "before_prod"));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        var failed = await Decide(engine, batch, "ops", passes: false);

        (await engine.Raise(batch, "start_prod_deploy")).Reason.ShouldBe("the gate ops has failed: not now");
        (await Explained(engine, batch, "start_prod_deploy")).Obstacles.Single().LiftedBy.ShouldBe("gate.override");
        (await engine.Do<GateDesk, GateRun>(d => d.ResultAsync(failed.Id, Said("failed", "not now"), s_bob, default)))
            .Status.ShouldBe(GateStatus.Failed, "the same again");
        (await Refused(engine, d => d.ResultAsync(failed.Id, Said("passed"), s_bob, default))).ShouldBe("the gate ops is failed already");
        var again = await engine.Do<GateDesk, GateRun>(d => d.AgainAsync(failed.Id, s_bob, default));
        (again.Status, again.Round, (await engine.Raise(batch, "start_prod_deploy")).Reason)
            .ShouldBe((GateStatus.Pending, 1, "the gate ops waits for a person"));
        (await Refused(engine, d => d.OverrideAsync(failed.Id + 100, "urgent", s_bob, default))).ShouldBe($"there is no gate {failed.Id + 100}");
        await engine.Do<GateDesk>(d => d.OverrideAsync(again.Id, "urgent", s_bob, default));

        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
        (await engine.Audit(batch)).Where(e => e.Event.StartsWith("gate_")).Select(e => (e.Event, e.Reason))
            .ShouldBe([("gate_failed", "ops: not now"), ("gate_asked_again", "ops"), ("gate_overridden", "ops: urgent")]);
        (await Gates(engine, batch)).Select(g => (g.Status, g.Current)).ShouldBe([("failed", false), ("overridden", false)], "they were asked for that start");
    }

    [Theory]
    [InlineData("simulated", true)]
    [InlineData("simulated", false)]
    [InlineData("external", true)]
    [InlineData("external", false)]
    public async Task After_a_stage_decides_how_it_ends(string driver, bool passes)
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:driver", driver), ("deploy:batch_timeout", "60m"));
        await Set(engine, Manual("smoke", "after_pre"));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        if (driver == "external")
            (await engine.Raise(batch, "pre_deploy_completed")).ShouldSatisfyAllConditions(
                row => (row.Outcome, row.Event, row.ToState).ShouldBe((EventOutcome.Noted, "gates_awaited", BatchStatus.PreDeploying)),
                row => row.Reason.ShouldBe("the gate smoke waits for a person"));

        await engine.Pass(TimeSpan.FromMinutes(90));
        await engine.Scan();
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeploying, "nor does the time of the stage end it: its work is done");
        (await Explained(engine, batch, "pre_deploy_completed")).Obstacles.ShouldContain(o => o.Guard == "gate" && o.LiftedBy == "approve");

        await Decide(engine, batch, "smoke", passes);
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(passes ? BatchStatus.PreDeployed : BatchStatus.Sealed);
        if (passes)
            return;
        (await engine.Find(batch.CorrelationId)).ShouldSatisfyAllConditions(
            b => b.LastFailure.ShouldBe("the gate smoke has failed: not now"), b => b.AutoDeployBlocked.ShouldBeTrue());
        await engine.Accepted(batch, "start_pre_deploy");
        await engine.Deliver();
        if (driver == "external")
            await engine.Raise(batch, "pre_deploy_completed");
        (await Run(engine, batch, "smoke")).ShouldSatisfyAllConditions(r => (r.Status, r.Attempt).ShouldBe((GateStatus.Pending, 2)));
        (await engine.Operations(batch)).Count.ShouldBe(driver == "external" ? 0 : 1, "what has succeeded is not deployed again");
    }

    [Fact]
    public async Task That_a_stage_waits_for_does_not_keep_it_from_being_cancelled()
    {
        await using var engine = await Engine.Start();
        await Set(engine, Manual("smoke", "after_pre"));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        await engine.Accepted(batch, "cancel");

        (await engine.Status(batch)).ShouldBe(BatchStatus.Cancelled);
        (await Gates(engine, batch)).Single().Status.ShouldBe("outdated");
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task By_webhook_is_told_once_and_signed_and_answers_at_once_or_later(string database)
    {
        await using var receiver = await FakeService.StartAsync();
        receiver.Answer = request => request.Json.GetProperty("data").GetProperty("gate").GetProperty("name").GetString() == "quick"
            ? new FakeReply(200, """{"result":"passed","reason":"12 tests"}""") : new FakeReply(202, "");
        await using var engine = await Calling(database);
        await using var other = engine.Another();
        var hook = new GateBody { At = "before_pre", Kind = "webhook", Url = receiver.Address + "/hook", Secret = "ci" };
        await Set(engine, hook with { Name = "quick" }, hook with { Name = "slow" });
        var batch = await engine.SealedBatch("api");
        var asked = engine.Mail.Waiting.Select(m => m.Message).OfType<AskGate>().ToList();

        await Task.WhenAll(asked.SelectMany(message => new[] { engine.Deliver(message), other.Deliver(message) }));

        receiver.Requests.Count.ShouldBe(2, "each once, although both hosts had the message");
        var request = receiver.Requests.Single(r => r.Text.Contains("\"slow\"", StringComparison.Ordinal));
        request.Headers["webhook-signature"].ShouldBe(StandardWebhook.Signature(
            request.Headers["webhook-id"], long.Parse(request.Headers["webhook-timestamp"], CultureInfo.InvariantCulture), request.Body, Secret));
        var data = request.Json.GetProperty("data");
        var slow = await Run(engine, batch, "slow");
        data.GetProperty("resultUrl").GetString().ShouldBe($"https://cd.example/api/v1/gates/{slow.Id}/result");
        (data.GetProperty("batch").GetProperty("batchNumber").GetString(), data.GetProperty("content").GetProperty("hash").GetString())
            .ShouldBe((batch.BatchNumber, slow.ContentHash));
        data.GetProperty("content").GetProperty("releases")[0].GetProperty("imageTag").GetString().ShouldBe("1.0.1");
        (await Run(engine, batch, "quick")).ShouldSatisfyAllConditions(
            r => (r.Status, r.Reason, r.DecidedBy).ShouldBe((GateStatus.Passed, "12 tests", Operators.Engine)));
        (await engine.Raise(batch, "start_pre_deploy")).Reason.ShouldBe("the gate slow has not answered yet");

        await engine.Do<GateDesk>(d => d.ResultAsync(slow.Id, Said("passed") with { ContentHash = slow.ContentHash }, Subject.User("ci-bot"), default));
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Audit(batch)).ShouldAllBe(e => e.Reason == null || !e.Reason.Contains(Secret));
        receiver.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task That_answers_while_its_call_still_runs_keeps_its_answer()
    {
        await using var receiver = await FakeService.StartAsync();
        receiver.Answer = _ => new FakeReply(200, """{"result":"failed","reason":"too late"}""");
        receiver.Hold();
        await using var engine = await Calling();
        await Set(engine, new GateBody { Name = "load", At = "before_pre", Kind = "webhook", Url = receiver.Address });
        var batch = await engine.SealedBatch("api");
        var delivering = engine.Deliver();
        await receiver.Arrived;

        await Decide(engine, batch, "load", passes: true);
        receiver.Release();
        await delivering;

        (await Run(engine, batch, "load")).ShouldSatisfyAllConditions(r => (r.Status, r.DecidedBy).ShouldBe((GateStatus.Passed, "bob")));
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_answered_over_the_broker_and_told_there(string database)
    {
        await using var receiver = await FakeService.StartAsync();
        receiver.Answer = _ => new FakeReply(202, "");
        await using var engine = await Calling(database);
        await Set(engine, new GateBody { Name = "load", At = "before_pre", Kind = "webhook", Url = receiver.Address });
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        var run = await Run(engine, batch, "load");

        await Should.ThrowAsync<BatchRefusedException>(() => engine.Deliver(new GateAnswered { GateId = run.Id, Result = "perhaps" }));
        await Should.ThrowAsync<BatchRefusedException>(() => engine.Deliver(new GateAnswered { GateId = run.Id, Result = "passed", ContentHash = "other" }));
        await engine.Deliver(new GateAnswered { GateId = run.Id, Result = "passed", Reason = "p99 is 80 ms", ContentHash = run.ContentHash });
        await engine.Deliver(new GateAnswered { GateId = run.Id, Result = "passed", Reason = "p99 is 80 ms", ContentHash = run.ContentHash });
        await engine.Deliver();

        var told = engine.Told<GateDecided>().ShouldHaveSingleItem();
        (told.GateId, told.Name, told.Point, told.Kind, told.Result, told.DecidedBy, told.Reason)
            .ShouldBe((run.Id, "load", "before_pre", "webhook", "passed", Operators.DeploySystem, "p99 is 80 ms"));
        (await engine.Audit(batch)).Where(e => e.Event == GateDesk.GatePassed).ShouldHaveSingleItem().Source.ShouldBe(EventSource.Message);
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed, "what it held starts");
    }

    [Fact]
    public async Task Whose_caller_dies_or_whose_receiver_is_down_is_asked_again_until_its_time_is_over()
    {
        await using var receiver = await FakeService.StartAsync();
        receiver.Answer = _ => new FakeReply(503, "down");
        await using var engine = await Calling();
        await Set(engine, new GateBody { Name = "load", At = "before_pre", Kind = "webhook", Url = receiver.Address, Timeout = "10m" });
        var batch = await engine.SealedBatch("api");
        engine.Mail.Lose(message => message is AskGate);

        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Scan();
        await engine.Deliver();
        await engine.Pass(TimeSpan.FromSeconds(3));
        receiver.Requests.Count.ShouldBe(3, "at once, after 1 s and after 2 s more");
        receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count().ShouldBe(1, "the receiver takes it once");
        (await engine.Raise(batch, "start_pre_deploy")).Reason.ShouldBe("the gate load has not passed yet: HTTP 503: down");
        await engine.Pass(TimeSpan.FromMinutes(10));

        (await Run(engine, batch, "load")).ShouldSatisfyAllConditions(
            r => (r.Status, r.Reason).ShouldBe((GateStatus.Failed, "no result within 10m; last: HTTP 503: down")));
        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
    }

    [Fact]
    public async Task By_address_passes_with_the_expected_status_and_sends_its_secret()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer = _ => new FakeReply(404, $"token {Secret} is not known");
        await using var engine = await Calling();
        await Set(engine, new GateBody
        {
            Name = "ready",
            At = "before_pre",
            Kind = "http",
            Url = service.Address + "/ready",
            Status = 204,
            Interval = "10s",
            Secret = "ci"
        });
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        (await Run(engine, batch, "ready")).Reason.ShouldBe("HTTP 404: token *** is not known; expected 204");
        service.Answer = _ => new FakeReply(204, "");
        await engine.Pass(TimeSpan.FromSeconds(10));

        service.Requests.ShouldAllBe(r => r.Headers["authorization"] == $"Bearer {Secret}");
        (service.Requests.Count, await engine.Status(batch)).ShouldBe((2, BatchStatus.PreDeployed));
    }

    [Fact]
    public async Task By_query_passes_when_the_value_has_stayed_within_its_bounds()
    {
        await using var prometheus = await FakeService.StartAsync();
        Value(0.02);
        await using var engine = await Calling();
        await Set(engine, new GateBody
        {
            Name = "errors",
            At = "after_pre",
            Kind = "prometheus",
            Url = prometheus.Address,
            Query = "rate(errors[5m]) > 0",
            Max = 0.05,
            For = "5m",
            Interval = "1m",
            Timeout = "30m"
        });
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        prometheus.Requests[^1].ShouldSatisfyAllConditions(
            r => r.Path.ShouldBe("/api/v1/query"), r => Uri.UnescapeDataString(r.Query).ShouldBe("?query=rate(errors[5m]) > 0"));
        await engine.Pass(TimeSpan.FromMinutes(4));
        Value(0.2);
        await engine.Pass(TimeSpan.FromMinutes(1));
        (await Run(engine, batch, "errors")).ShouldSatisfyAllConditions(
            r => (r.Status, r.Reason).ShouldBe((GateStatus.Pending, "0.2 is not within -∞ … 0.05"), "the time begins anew"));
        prometheus.Answer = _ => new FakeReply(200, Vector(""));
        await engine.Pass(TimeSpan.FromMinutes(1));
        (await Run(engine, batch, "errors")).Reason.ShouldBe("the query has no value");
        Value(0.01);
        await engine.Pass(TimeSpan.FromMinutes(5));
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeploying);
        await engine.Pass(TimeSpan.FromMinutes(1));

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);

        void Value(double value) => prometheus.Answer = _ => new FakeReply(200,
            Vector($$"""{"metric":{},"value":[1,"{{value.ToString(CultureInfo.InvariantCulture)}}"]}"""));
    }

    [Fact]
    public async Task Calls_nothing_inside_that_nobody_has_listed()
    {
        await using var service = await FakeService.StartAsync();
        await using var engine = await Engine.Start("sqlite", ("gates:allow_http", "true"));
        await Set(engine, new GateBody { Name = "ready", At = "before_pre", Kind = "http", Url = service.Address });
        var batch = await engine.SealedBatch("api");

        await engine.Deliver();

        (await Run(engine, batch, "ready")).ShouldSatisfyAllConditions(
            r => (r.Status, r.Reason).ShouldBe((GateStatus.Failed, "127.0.0.1 has no public address; core:gates:allowed_hosts can list it")));
        service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task That_a_scheduled_start_meets_is_waited_for()
    {
        await using var engine = await Engine.Start();
        await Set(engine, Manual("ops", "before_prod"));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        await engine.Do<BatchCommands>(c => c.RaiseAsync(BatchEventTypes.Get("start_prod_deploy"),
            new EventRequest { BatchId = batch.CorrelationId, Operator = "bob", NotBefore = engine.Now.AddHours(1) }, s_bob, null, default));

        await engine.Pass(TimeSpan.FromHours(2));
        (await engine.Do<ScheduledStarts, ScheduledStartView?>(s => s.ShowAsync(batch.Id, default)))!.WaitsFor.ShouldBe("the gate ops waits for a person");
        await Decide(engine, batch, "ops", passes: true);
        await engine.Pass(TimeSpan.FromMinutes(1));

        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
    }

    private static string Vector(string series) => $$$"""{"status":"success","data":{"resultType":"vector","result":[{{{series}}}]}}""";

    private static readonly Subject s_bob = Electorate.Person("bob");

    private static GateResultBody Said(string result, string? reason = null) => new() { Result = result, Reason = reason };

    private static GateBody Manual(string name, string at) => new() { Name = name, At = at, Kind = "manual" };

    /// <summary>An engine that may call what listens on loopback.</summary>
    private static Task<Engine> Calling(string database = "sqlite") => Engine.Start(database, ("gates:allow_http", "true"),
        ("gates:allowed_hosts:0", "127.0.0.1"), ("gates:secrets:ci", Secret), ("notification:public_url", "https://cd.example"));

    /// <summary>What the default project asks for from now on.</summary>
    private static Task Set(Engine engine, params GateBody[] gates) => engine.Do<ProjectDesk>(desk => desk.PutAsync(
        Projects.Default, new ProjectPolicyBody { Gates = gates }, Precondition.None, new AccessOrigin(s_bob, EventSource.Http), default));

    private static async Task<IReadOnlyList<GateView>> Gates(Engine engine, Batch batch)
    {
        var present = await engine.Find(batch.CorrelationId);
        return await engine.Do<GateViews, IReadOnlyList<GateView>>(views => views.OfAsync(present, default));
    }

    private static Task<GateRun> Run(Engine engine, Batch batch, string name) => engine.Read(db =>
        db.Set<GateRun>().AsNoTracking().Where(r => r.BatchId == batch.Id && r.Name == name).OrderByDescending(r => r.Id).FirstAsync());

    private static async Task<GateRun> Decide(Engine engine, Batch batch, string name, bool passes)
    {
        var run = await Run(engine, batch, name);
        return await engine.Do<GateDesk, GateRun>(d => d.ResultAsync(run.Id, passes ? Said("passed", "as agreed") : Said("failed", "not now"), s_bob, default));
    }

    private static async Task<string> Refused(Engine engine, Func<GateDesk, Task> work) =>
        (await Should.ThrowAsync<BatchRefusedException>(() => engine.Do(work))).Reason.ToString();

    private static async Task<ExplainedEvent> Explained(Engine engine, Batch batch, string batchEvent) =>
        (await engine.Do<BatchExplainer, BatchExplanation?>(e => e.ExplainAsync(batch.Id, BatchEventTypes.Get(batchEvent), null, default)))!.Events.Single();
}
