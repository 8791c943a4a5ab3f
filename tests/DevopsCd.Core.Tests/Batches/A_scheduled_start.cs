using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R21.</summary>
public sealed class A_scheduled_start
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Happens_at_its_time(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await PreDeployed(engine);
        var due = engine.Now.AddHours(3);

        var scheduled = await Schedule(engine, batch, due);

        (scheduled.Outcome, scheduled.Event, scheduled.FromState, scheduled.ToState, scheduled.Version)
            .ShouldBe((EventOutcome.Noted, "start_scheduled", BatchStatus.PreDeployed, BatchStatus.PreDeployed, batch.Version));
        (await Shown(engine, batch))!.ShouldSatisfyAllConditions(
            s => (s.Event, s.Operator, s.Reason, s.NotBefore, s.NextTryAt, s.WaitsFor).ShouldBe(("start_prod_deploy", "bob", "tonight", due, due, null)));

        await engine.Pass(TimeSpan.FromHours(3) - TimeSpan.FromSeconds(1));
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        await engine.Pass(TimeSpan.FromSeconds(1));

        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
        var started = (await engine.Audit(batch)).Single(e => e.Event == "start_prod_deploy");
        (started.Operator, started.Reason, started.At, started.Subject).ShouldBe(("bob", "tonight", due, "user:bob"));
        (await Shown(engine, batch)).ShouldBeNull();
        (await Rows(engine)).ShouldBe(["started"]);
    }

    [Fact]
    public async Task Is_found_by_the_scan_when_its_message_is_lost()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine);
        await Schedule(engine, batch, engine.Now.AddHours(1));
        await using var other = engine.Another();

        engine.Clock.Advance(TimeSpan.FromHours(2));
        await other.Scan();
        await other.Deliver();

        (await other.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
    }

    [Fact]
    public async Task Waits_for_the_end_of_a_freeze()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine);
        await Schedule(engine, batch, engine.Now.AddHours(1));
        var end = engine.Now.AddHours(5);
        await Freeze(engine, end);

        await engine.Pass(TimeSpan.FromHours(2));
        var waiting = (await Shown(engine, batch))!;
        (waiting.NextTryAt, await engine.Status(batch)).ShouldBe((end, BatchStatus.PreDeployed));
        waiting.WaitsFor!.ShouldStartWith("frozen until ");
        (await engine.Audit(batch))[^1].Event.ShouldBe("start_scheduled", "a wait is no refusal");

        await engine.Pass(TimeSpan.FromHours(3));
        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
    }

    [Fact]
    public async Task Expires_and_says_why()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine);
        await Schedule(engine, batch, engine.Now.AddHours(1), engine.Now.AddHours(2));
        await Freeze(engine, engine.Now.AddHours(5));

        await engine.Pass(TimeSpan.FromHours(6));

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Audit(batch))[^1].ShouldSatisfyAllConditions(
            row => (row.Event, row.Outcome, row.Operator).ShouldBe(("start_expired", EventOutcome.Noted, "bob")),
            row => row.Reason!.ShouldStartWith("start_prod_deploy was not possible in time: frozen until "));
        (await Shown(engine, batch)).ShouldBeNull();
    }

    [Fact]
    public async Task Is_judged_by_the_rights_that_its_asker_has_then()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine);
        await engine.Do<CdDbContext>(async db =>
        {
            db.Add(new AccessBinding { Subject = "user:olga", Role = "operator", Project = "*", CreatedBy = "the test" });
            await AccessRights.ChangeAsync(db, default);
            await db.SaveChangesAsync();
        });
        engine.Clock.Advance(AccessRights.Freshness);
        (await Schedule(engine, batch, engine.Now.AddHours(1), by: Subject.User("olga"))).Event.ShouldBe("start_scheduled");

        await engine.Do<CdDbContext>(async db =>
        {
            await db.Set<AccessBinding>().ExecuteDeleteAsync();
            await AccessRights.ChangeAsync(db, default);
        });
        await engine.Pass(TimeSpan.FromHours(2));

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Audit(batch))[^1].ShouldSatisfyAllConditions(
            row => row.Event.ShouldBe("start_refused"),
            row => row.Reason!.ShouldContain("user:olga needs the permission deploy_prod"));
    }

    [Theory]
    [InlineData("night-shift", true, null)]
    [InlineData("visitors", true, "user:olga needs the permission deploy_prod")]
    [InlineData("operators", false, "user:olga is not let in any more")]
    public async Task Is_judged_by_the_groups_that_its_asker_is_in_then(string group, bool isLetIn, string? refusal)
    {
        var subjects = Substitute.For<IKnownSubjects>();
        await using var engine = await Engine.Start(services => services.AddSingleton(subjects));
        var batch = await PreDeployed(engine);
        foreach (var bound in (string[])["operators", "night-shift"])
            await engine.Do<BindingDesk>(desk => desk.AddAsync(new BindingBody { Subject = $"group:{bound}", Role = Roles.Operator, Project = Projects.All },
                new AccessOrigin(Subject.User(Engine.Person), EventSource.Http), default));
        (await Schedule(engine, batch, engine.Now.AddHours(1), by: Subject.User("olga", "operators"))).Event.ShouldBe("start_scheduled");
        subjects.NowAsync(default!, default).ReturnsForAnyArgs(Subject.User("olga", group) with { IsLetIn = isLetIn });

        await engine.Pass(TimeSpan.FromHours(2));

        if (refusal is null)
            (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
        else
            (await engine.Audit(batch))[^1].ShouldSatisfyAllConditions(
                row => row.Event.ShouldBe("start_refused"), row => row.Reason!.ShouldContain(refusal));
    }

    [Fact]
    public async Task Can_be_replaced_and_withdrawn_and_ends_when_the_batch_goes_another_way()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine);
        await Schedule(engine, batch, engine.Now.AddHours(1));
        await Schedule(engine, batch, engine.Now.AddHours(2));
        (await engine.Do<ScheduledStarts, bool>(s => s.WithdrawAsync(batch.Id, "carol", default))).ShouldBeTrue();
        (await engine.Do<ScheduledStarts, bool>(s => s.WithdrawAsync(batch.Id, "carol", default))).ShouldBeFalse();
        await Schedule(engine, batch, engine.Now.AddHours(3));
        await engine.Accepted(batch, "reopen");

        await engine.Pass(TimeSpan.FromHours(4));

        (await engine.Status(batch)).ShouldBe(BatchStatus.Approved);
        (await Rows(engine)).ShouldBe(["replaced by bob", "withdrawn by carol", "ended by reopen"]);
        (await engine.Audit(batch)).Where(e => e.Event.StartsWith("start_w", StringComparison.Ordinal)).Select(e => (e.Event, e.Operator))
            .ShouldBe([("start_withdrawn", "carol")]);
    }

    [Fact]
    public async Task Needs_a_time_that_makes_sense_and_a_state_in_which_it_is_legal()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine);

        (await Schedule(engine, batch, engine.Now.AddDays(100))).Fields.Keys.ShouldBe(["notBefore"]);
        (await Schedule(engine, batch, engine.Now.AddHours(2), engine.Now.AddHours(1))).Fields.Keys.ShouldBe(["expiresAt"]);
        (await Schedule(engine, batch, null, engine.Now.AddHours(1))).Fields.Keys.ShouldBe(["expiresAt"]);
        (await Schedule(engine, batch, engine.Now.AddSeconds(-1))).ToState.ShouldBe(BatchStatus.ProdDeploying, "its time has come");
        (await Schedule(engine, batch, engine.Now.AddHours(1))).RefusalKind.ShouldBe(RefusalKind.Illegal);
        (await Rows(engine)).ShouldBeEmpty();
    }

    private static Task Freeze(Engine engine, DateTimeOffset until) => engine.Do<FreezeDesk>(d => d.PutAsync("inventory",
        new FreezeBody { Reason = "inventory", From = engine.Now, To = until }, Precondition.None, new AccessOrigin(Subject.User(Engine.Person), EventSource.Http),
        default));

    private static Task<CommandResult> Schedule(Engine engine, Batch batch, DateTimeOffset? at, DateTimeOffset? expires = null, Subject? by = null)
    {
        by ??= Approvals.Electorate.Person("bob");
        return engine.Do<BatchCommands, CommandResult>(c => c.RaiseAsync(BatchEventTypes.Get("start_prod_deploy"), new EventRequest
        {
            BatchId = batch.CorrelationId,
            Operator = by.Operator,
            Reason = "tonight",
            NotBefore = at,
            ExpiresAt = expires
        }, by, null, default));
    }

    private static Task<ScheduledStartView?> Shown(Engine engine, Batch batch) => engine.Do<ScheduledStarts, ScheduledStartView?>(s => s.ShowAsync(batch.Id, default));

    private static Task<List<string?>> Rows(Engine engine) =>
        engine.Read(db => db.Set<ScheduledStart>().AsNoTracking().OrderBy(s => s.Id).Select(s => s.Outcome).ToListAsync());

    private static async Task<Batch> PreDeployed(Engine engine)
    {
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        return await engine.Find(batch.CorrelationId);
    }
}
