using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Tests.Approvals;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Freezes;

/// <summary>R20.</summary>
public sealed class A_freeze
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Keeps_a_sealed_batch_from_starting_until_it_ends(string database)
    {
        await using var engine = await Engine.Start(database);
        await Set(engine, "holidays", Once(engine, 0, 120));
        var batch = await engine.SealedBatch("api");
        var until = engine.Now.AddHours(2);
        await engine.Deliver();

        var words = $"frozen until {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC by holidays because: inventory";
        (await engine.Audit(batch))[^1].ShouldSatisfyAllConditions(
            row => (row.Event, row.Outcome, row.Operator, row.Reason).ShouldBe(("start_pre_deploy", EventOutcome.Refused, Operators.Engine, words)),
            row => row.MessageId.ShouldBeNull("the same word comes again afterwards"));
        (await engine.Raise(batch, "start_pre_deploy")).Reason.ShouldBe(words);
        var obstacle = (await Explained(engine, batch, "start_pre_deploy")).Obstacles.ShouldHaveSingleItem();
        (obstacle.Guard, obstacle.Reason, obstacle.LiftedBy, obstacle.EarliestAt).ShouldBe(("freeze", words, "freeze.override", until));

        var rows = (await engine.Audit(batch)).Count;
        engine.Clock.SetUtcNow(until.AddTicks(-1));
        (await engine.Scan())!.Started.ShouldBeEmpty();
        await engine.Deliver();
        ((await engine.Audit(batch)).Count, await engine.Status(batch)).ShouldBe((rows, BatchStatus.Sealed), "a scan leaves it alone");

        engine.Clock.SetUtcNow(until);
        (await engine.Scan())!.Started.ShouldBe([batch.BatchNumber]);
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Fact]
    public async Task Is_overridden_by_who_may_with_a_reason_that_is_in_the_audit()
    {
        await using var engine = await Engine.Start();
        await Set(engine, "holidays", Once(engine, 0, 120) with { InFlight = "pause" });
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        var operatorOnly = Subject.User("olga") with { Grants = [new Grant("operator", Projects.All, "the test")] };

        (await Start(engine, batch, operatorOnly, "urgent")).RefusalKind.ShouldBe(RefusalKind.Denied);
        (await Start(engine, batch, Electorate.Person("bob"), " ")).Fields.Keys.ShouldBe(["reason"]);
        (await Start(engine, batch, Electorate.Person("bob"), "urgent")).Outcome.ShouldBe(EventOutcome.Accepted);
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed, "nor does it pause what was started in spite of it");
        (await engine.Audit(batch)).Single(e => e.Event == "freeze_overridden").ShouldSatisfyAllConditions(
            row => (row.Operator, row.Outcome).ShouldBe(("bob", EventOutcome.Noted)),
            row => row.Reason!.ShouldStartWith("frozen until "),
            row => row.Reason!.ShouldEndWith("by holidays because: inventory; overridden: urgent"));
        (await engine.Raise(batch, "start_prod_deploy")).Reason!.ShouldStartWith("frozen until ", customMessage: "each start is overridden by itself");
    }

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData("default", null, null, true)]
    [InlineData("shop", null, null, false)]
    [InlineData("shop,default", null, null, true)]
    [InlineData(null, "pre", null, true)]
    [InlineData(null, "prod", null, false)]
    [InlineData(null, null, "staging", true)]
    [InlineData(null, null, "production", false)]
    [InlineData("default", "pre", "elsewhere,staging", true)]
    public async Task Holds_for_what_it_names(string? projects, string? stages, string? clusters, bool holds)
    {
        await using var engine = await Engine.Start();
        await Set(engine, "holidays", Once(engine, 0, 120) with { Projects = projects?.Split(','), Stages = stages?.Split(','), Clusters = clusters?.Split(',') });
        var batch = await engine.SealedBatch("api");

        (await Explained(engine, batch, "start_pre_deploy")).Allowed.ShouldBe(!holds);
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(holds ? BatchStatus.Sealed : BatchStatus.PreDeployed);
    }

    [Fact]
    public async Task That_is_followed_by_another_without_a_gap_ends_with_the_last()
    {
        await using var engine = await Engine.Start();
        await Set(engine, "a", Once(engine, -60, 60));
        await Set(engine, "b", Once(engine, 30, 90));
        await Set(engine, "c", Once(engine, 90, 100));
        await Set(engine, "d", Once(engine, 101, 200));
        await Set(engine, "elsewhere", Once(engine, -60, 1000) with { Projects = ["shop"] });
        var batch = await engine.SealedBatch("api");

        var obstacle = (await Explained(engine, batch, "start_pre_deploy")).Obstacles.ShouldHaveSingleItem();

        obstacle.EarliestAt.ShouldBe(engine.Now.AddMinutes(100));
        obstacle.Reason.ShouldContain("by a because");
    }

    [Theory]
    [InlineData("pause", 1)]
    [InlineData("finish", 2)]
    public async Task That_begins_in_a_running_stage_does_what_it_says(string inFlight, int started)
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:batch_timeout", "60m"), ("deploy:single_app_timeout", "10m"));
        var batch = await Running(engine);
        await Set(engine, "night", Once(engine, 0, 600) with { InFlight = inFlight });
        var end = engine.Now.AddMinutes(600);

        engine.Service.Looked("api", new DeployAnswer.Succeeded());
        await engine.Pass(TimeSpan.FromSeconds(30));

        (await engine.Operations(batch)).Count.ShouldBe(started);
        if (inFlight == "finish")
            return;
        var waiting = await engine.Release(batch, "web");
        (waiting.PreStatus, await engine.Status(batch)).ShouldBe((ReleaseStatus.Waiting, BatchStatus.PreDeploying));
        waiting.StatusReason!.ShouldStartWith("frozen until ");
        var left = (await engine.Find(batch.CorrelationId)).StageDeadlineAt!.Value - engine.Now;

        await engine.Pass(TimeSpan.FromMinutes(590));
        (await engine.Scan())!.Woken.ShouldNotBeEmpty("the net looks at it");
        await engine.Deliver();
        (await engine.Operations(batch)).Count.ShouldBe(1, "also when the time of the stage would be over");
        engine.Service.Submitted("web", new DeployAnswer.Progressing());
        engine.Clock.SetUtcNow(end);
        await engine.Deliver();

        (await engine.Operations(batch)).Count.ShouldBe(2);
        var resumed = await engine.Find(batch.CorrelationId);
        resumed.PausedAt.ShouldBeNull();
        (resumed.StageDeadlineAt!.Value - (await engine.Operation(batch, "web")).StartedAt - left).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task That_pauses_a_stage_does_not_keep_it_from_being_cancelled()
    {
        await using var engine = await Engine.Start();
        var batch = await Running(engine);
        await Set(engine, "night", Once(engine, 0, 600) with { InFlight = "pause" });
        engine.Service.Looked("api", new DeployAnswer.Succeeded());
        await engine.Pass(TimeSpan.FromSeconds(30));

        await engine.Accepted(batch, "cancel");
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.Cancelled);
        (await engine.Find(batch.CorrelationId)).PausedAt.ShouldBeNull();
    }

    [Fact]
    public async Task That_is_removed_lets_what_waits_go_on()
    {
        await using var engine = await Engine.Start();
        await Set(engine, "holidays", Once(engine, 0, 120));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        (await engine.Do<FreezeDesk, bool>(d => d.RemoveAsync("holidays", Precondition.None, s_origin, default))).ShouldBeTrue();
        await engine.Scan();
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Read(db => db.Set<AccessEvent>().AsNoTracking().OrderBy(e => e.Id).Select(e => e.Event).ToListAsync()))
            .ShouldBe(["freeze_added", "freeze_removed"]);
    }

    [Fact]
    public async Task Is_shown_with_its_times_to_who_may_see_one_of_its_projects()
    {
        await using var engine = await Engine.Start();
        await Set(engine, "weekends", new FreezeBody
        {
            Reason = "nobody is there",
            Projects = ["shop", "bank"],
            Rule = "FREQ=WEEKLY;BYDAY=SA",
            Start = "2026-02-28T00:00",
            Duration = "48h",
            Zone = "UTC"
        });
        await Set(engine, "over", Once(engine, -60, -30));

        var seen = await engine.Do<FreezeDesk, IReadOnlyList<FreezeView>>(d => d.ListAsync(new Visible(false, ["bank"]), default));
        var hidden = await engine.Do<FreezeDesk, FreezeView?>(d => d.FindAsync("weekends", new Visible(false, ["toys"]), default));

        seen.Select(f => (f.Name, f.Active, f.Windows.Count)).ShouldBe([("over", false, 0), ("weekends", false, 5)]);
        seen[1].Windows[0].ShouldBe(new FreezeWindowView { From = new(2026, 3, 7, 0, 0, 0, TimeSpan.Zero), To = new(2026, 3, 9, 0, 0, 0, TimeSpan.Zero) });
        hidden.ShouldBeNull();
    }

    [Fact]
    public async Task Does_not_keep_production_from_going_back()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:concurrent_apps", "1"));
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        await Set(engine, "holidays", Once(engine, 0, 120) with { InFlight = "pause" });

        (await engine.Raise(batch, "start_prod_rollback", "orders fail")).Outcome.ShouldBe(EventOutcome.Accepted);
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    private static readonly AccessOrigin s_origin = new(Subject.User(Engine.Person), EventSource.Http);

    private static Task Set(Engine engine, string name, FreezeBody body) => engine.Do<FreezeDesk>(d => d.PutAsync(name, body, Precondition.None, s_origin, default));

    private static FreezeBody Once(Engine engine, int from, int to) =>
        new() { Reason = "inventory", From = engine.Now.AddMinutes(from), To = engine.Now.AddMinutes(to) };

    /// <summary>A batch that has begun pre-production: web waits for api.</summary>
    private static async Task<Batch> Running(Engine engine)
    {
        await engine.Application("api");
        await engine.Application("web", dependsOn: ["api"]);
        engine.Service.Submitted("api", new DeployAnswer.Progressing());
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        (await engine.Operations(batch)).Count.ShouldBe(1);
        return batch;
    }

    private static Task<CommandResult> Start(Engine engine, Batch batch, Subject by, string reason) =>
        engine.Do<BatchCommands, CommandResult>(c => c.RaiseAsync(BatchEventTypes.Get("start_pre_deploy"),
            new EventRequest { BatchId = batch.CorrelationId, Operator = by.Operator, Reason = reason, OverrideFreeze = true }, by, null, default));

    private static async Task<ExplainedEvent> Explained(Engine engine, Batch batch, string batchEvent) =>
        (await engine.Do<BatchExplainer, BatchExplanation?>(e => e.ExplainAsync(batch.Id, BatchEventTypes.Get(batchEvent), null, default)))!.Events.Single();
}
