using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R19: production of a whole batch goes back.</summary>
public sealed class A_rollback
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Brings_back_what_ran_before_in_the_reverse_order(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await Released(engine);

        var asked = await engine.Raise(batch, "start_prod_rollback", "orders fail");
        (asked.Outcome, asked.FromState, asked.ToState).ShouldBe((EventOutcome.Accepted, BatchStatus.ProdDeployed, BatchStatus.ProdRollingBack));
        await engine.Deliver();

        engine.Service.Calls.Where(c => c.Verb == "rollback").Select(c => (c.Application, c.Image)).ShouldBe(
            [("web", "registry.example/web:1.0.1"), ("api", "registry.example/api:1.0.1"), ("db", "registry.example/db:1.0.1")],
            "what others depend on goes last");
        var after = await engine.Find(batch.CorrelationId);
        (after.Status, after.Prod.Dirty, after.RolledBackAt, after.RollbackBy, after.RollbackReason, after.LastFailure)
            .ShouldBe((BatchStatus.PreDeployed, false, engine.Now, Engine.Person, "orders fail", null));
        (await engine.Releases(batch)).ShouldAllBe(r => r.ProdStatus == ReleaseStatus.None && r.RollbackStatus == ReleaseStatus.Succeeded);
        (await Running(engine)).ShouldBe(["api 1.0.1", "db 1.0.1", "web 1.0.1"]);
        var events = (await engine.Audit(batch)).Where(e => e.Outcome == EventOutcome.Accepted).TakeLast(2).ToList();
        events.Select(e => e.Event).ShouldBe(["start_prod_rollback", "prod_rollback_completed"]);
        engine.Told<BatchTransitioned>()[^1].ShouldSatisfyAllConditions(t => (t.From, t.To).ShouldBe((BatchStatus.ProdRollingBack, BatchStatus.PreDeployed)));
    }

    [Fact]
    public async Task Leaves_what_is_new_in_the_batch_and_names_it()
    {
        await using var engine = await Engine.Start();
        await Accepted(engine, "api");
        await BuildLater(engine, "2", "api");
        var batch = await Deployed(engine, "api", "mail");

        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        engine.Service.Calls.Where(c => c.Verb == "rollback").Select(c => c.Application).ShouldBe(["api"]);
        var mail = await engine.Release(batch, "mail");
        (mail.ProdStatus, mail.RollbackStatus, mail.StatusReason).ShouldBe((ReleaseStatus.Succeeded, ReleaseStatus.Skipped, StageUndo.New));
        (await Running(engine)).ShouldBe(["api 1.0.1", "mail 1.0.1"]);
    }

    [Fact]
    public async Task After_a_failed_start_takes_back_what_had_moved_alone()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:concurrent_apps", "1"));
        await Accepted(engine, "api", "web", "shop");
        await BuildLater(engine, "2", "api", "web", "shop");
        var batch = await PreDeployed(engine, "api", "web", "shop");
        engine.Service.Submitted("web", new DeployAnswer.Failed("crashes"));
        engine.Service.Submitted("shop", new DeployAnswer.Refused("no such namespace"));
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        (await engine.Find(batch.CorrelationId)).ShouldSatisfyAllConditions(
            b => b.Status.ShouldBe(BatchStatus.PreDeployed), b => b.Prod.Dirty.ShouldBeTrue());

        var asked = await engine.Raise(batch, "start_prod_rollback");
        await engine.Deliver();

        (asked.FromState, asked.ToState).ShouldBe((BatchStatus.PreDeployed, BatchStatus.ProdRollingBack));
        engine.Service.Calls.Where(c => c.Verb == "rollback").Select(c => c.Application).ShouldBe(["api", "web"]);
        (await engine.Release(batch, "shop")).StatusReason.ShouldBe(StageUndo.NotMoved);
        (await engine.Find(batch.CorrelationId)).ShouldSatisfyAllConditions(
            b => b.Status.ShouldBe(BatchStatus.PreDeployed), b => b.Prod.Dirty.ShouldBeFalse());
        (await engine.Raise(batch, "reopen")).Outcome.ShouldBe(EventOutcome.Accepted, "production is as it was");
    }

    [Fact]
    public async Task Is_none_where_production_runs_nothing_of_the_batch()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine, "api");

        var refused = await engine.Raise(batch, "start_prod_rollback");

        (refused.Outcome, refused.Reason).ShouldBe((EventOutcome.Refused, "production runs nothing of this batch; there is nothing to roll back"));
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task While_production_deploys_stops_that_first(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:concurrent_apps", "1"));
        await Accepted(engine, "api", "web");
        await BuildLater(engine, "2", "api", "web");
        var batch = await PreDeployed(engine, "api", "web");
        engine.Service.OnSubmit = d => d.Restores ? new DeployAnswer.Succeeded() : new DeployAnswer.Progressing();
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();

        var asked = await engine.Raise(batch, "start_prod_rollback", "wrong version");
        var again = await engine.Raise(batch, "start_prod_rollback", by: "bob");
        var during = await engine.Find(batch.CorrelationId);
        await engine.Deliver();

        (asked.Outcome, asked.FromState, asked.ToState).ShouldBe((EventOutcome.Accepted, BatchStatus.ProdDeploying, BatchStatus.ProdDeploying));
        (again.Outcome, again.Reason).ShouldBe(
            (EventOutcome.Refused, $"{Engine.Person} has already requested the rollback; it begins as soon as nothing is being deployed"));
        (during.RollbackRequested, during.RollbackReason).ShouldBe((true, "wrong version"));
        engine.Service.Calls.Where(c => c.OperationId.StartsWith($"b{batch.Id}-") && !c.OperationId.Contains("-pre-")).Select(c => $"{c.Verb} {c.Application}")
            .ShouldBe(["submit api", "look api", "stop api", "rollback api"], "and web never starts");
        var after = await engine.Find(batch.CorrelationId);
        (after.Status, after.Prod.Dirty, after.RollbackRequested).ShouldBe((BatchStatus.PreDeployed, false, false));
        (await engine.Audit(batch)).Where(e => e.Outcome == EventOutcome.Accepted).TakeLast(3).Select(e => e.Event)
            .ShouldBe(["start_prod_rollback", "prod_deploy_stopped", "prod_rollback_completed"]);
        (await Running(engine)).ShouldBe(["api 1.0.1", "web 1.0.1"]);
    }

    [Fact]
    public async Task Of_what_never_moved_is_over_at_once()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine, "api");
        await engine.Accepted(batch, "start_prod_deploy");

        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();

        (await engine.Find(batch.CorrelationId)).ShouldSatisfyAllConditions(
            b => b.Status.ShouldBe(BatchStatus.PreDeployed), b => b.Prod.Dirty.ShouldBeFalse());
        engine.Service.Calls.ShouldNotContain(c => c.Verb == "rollback" || c.OperationId.Contains("-prod-"));
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task That_fails_in_part_leaves_the_rest_for_a_person_to_try_again(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await Released(engine);
        engine.Service.Submitted("api", new DeployAnswer.Failed("no node has room"));
        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();

        var failed = await engine.Find(batch.CorrelationId);
        (failed.Status, failed.Prod.Dirty, failed.LastFailure).ShouldBe((BatchStatus.PreDeployed, true, "api: no node has room; 1 held"));
        (await engine.Release(batch, "db")).ShouldSatisfyAllConditions(
            r => r.RollbackStatus.ShouldBe(ReleaseStatus.Held), r => r.StatusReason.ShouldBe("api did not succeed"));
        (await engine.Raise(batch, "cancel")).Reason!.ShouldContain("acceptMoved");
        (await engine.Raise(batch, "reopen")).Outcome.ShouldBe(EventOutcome.Refused);

        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();

        engine.Service.Calls.Where(c => c.Verb == "rollback").Select(c => c.Application).ShouldBe(["web", "api", "api", "db"]);
        var after = await engine.Find(batch.CorrelationId);
        (after.Status, after.Prod.Dirty, after.Rollback.Attempt).ShouldBe((BatchStatus.PreDeployed, false, 2));
        (await Running(engine)).ShouldBe(["api 1.0.1", "db 1.0.1", "web 1.0.1"]);
    }

    [Fact]
    public async Task Is_followed_by_a_start_that_deploys_all_of_it_again()
    {
        await using var engine = await Engine.Start();
        var batch = await Released(engine);
        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();

        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
        (await Running(engine)).ShouldBe(["api 1.0.2", "db 1.0.2", "web 1.0.2"]);
        (await engine.Releases(batch)).ShouldAllBe(r => r.ProdStatus == ReleaseStatus.Succeeded && r.RollbackStatus == ReleaseStatus.None);

        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();
        (await Running(engine)).ShouldBe(["api 1.0.1", "db 1.0.1", "web 1.0.1"], "and that is taken back again");
    }

    [Fact]
    public async Task Lets_a_fix_in_which_is_deployed_to_production_as_a_whole()
    {
        await using var engine = await Engine.Start();
        var batch = await Released(engine);
        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();
        await engine.Accepted(batch, "reopen");
        await BuildLater(engine, "3", "web");
        await engine.Accepted(batch, "confirm_tag");
        await engine.Deliver();

        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();

        (await Running(engine)).ShouldBe(["api 1.0.2", "db 1.0.2", "web 1.0.3"]);
    }

    [Fact]
    public async Task Deploys_the_image_of_before_where_the_deploy_service_cannot_restore_it()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = d => d.Restores ? new DeployAnswer.Unable("the deploy service cannot roll back") : new DeployAnswer.Succeeded();
        var batch = await Released(engine);

        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        engine.Service.Submits("web").Last().ShouldSatisfyAllConditions(
            c => c.Image.ShouldBe("registry.example/web:1.0.1"), c => c.OperationId.ShouldContain("-rollback-"));
        var operation = await engine.Operation(batch, "web");
        (operation.Redeploys, operation.Tries, operation.Status).ShouldBe((true, 1, OperationStatus.Succeeded));
    }

    [Fact]
    public async Task Fails_where_nobody_knows_what_ran_before()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = d => d.Restores ? new DeployAnswer.Unable("the deploy service cannot roll back") : new DeployAnswer.Succeeded();
        var batch = await Released(engine);
        await engine.Do<CdDbContext>(async db =>
        {
            foreach (var operation in db.Deployments.Where(d => d.BatchId == batch.Id))
                operation.Previous = null;
            await db.SaveChangesAsync();
        });

        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();

        (await engine.Find(batch.CorrelationId)).ShouldSatisfyAllConditions(
            b => b.Prod.Dirty.ShouldBeTrue(), b => b.LastFailure!.ShouldContain("the image that ran before is not known"));
        engine.Service.Submits("web").Count.ShouldBe(4, "nothing was guessed");
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Goes_on_in_another_process_when_one_dies_in_it(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await Released(engine);
        engine.Service.KillNext("rollback");
        await engine.Accepted(batch, "start_prod_rollback");
        await engine.DeliverUntilDeath();

        await using var second = engine.Another();
        for (var left = 12; left > 0; left--)
        {
            second.Clock.Advance(TimeSpan.FromSeconds(30));
            await second.Scan();
            await second.Deliver();
        }

        (await second.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        second.Service.Calls.Where(c => c.Verb == "rollback").Select(c => c.Application).ShouldBe(["web", "web", "api", "db"], "asked again under the same id");
        second.Service.Calls.Where(c => c.Verb == "rollback").Select(c => c.OperationId).Distinct().Count().ShouldBe(3);
        (await Running(second)).ShouldBe(["api 1.0.1", "db 1.0.1", "web 1.0.1"]);
    }

    [Theory]
    [InlineData(false, BatchStatus.PreDeployed)]
    [InlineData(true, BatchStatus.Cancelled)]
    public async Task Can_be_forgone_by_whoever_accepts_production_as_it_is(bool acceptMoved, string status)
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine, "api", "web");
        engine.Service.Submitted("web", new DeployAnswer.Failed("crashes"));
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();

        var asked = await engine.Do<BatchCommands, CommandResult>(c => c.RaiseAsync(BatchEventTypes.Get("cancel"),
            new EventRequest { BatchId = batch.CorrelationId, Operator = "bob", Reason = "web is switched off anyway", AcceptMoved = acceptMoved },
            Approvals.Electorate.Person("bob"), null, default));

        (asked.Outcome == EventOutcome.Accepted, await engine.Status(batch)).ShouldBe((acceptMoved, status));
    }

    /// <summary>web depends on api, api on db; version 1 was accepted, version 2 is in production.</summary>
    private static async Task<Batch> Released(Engine engine)
    {
        await engine.Application("db");
        await engine.Application("api", ["db"]);
        await engine.Application("web", ["api"]);
        await Accepted(engine, "db", "api", "web");
        await BuildLater(engine, "2", "db", "api", "web");
        return await Deployed(engine, "db", "api", "web");
    }

    private static async Task Accepted(Engine engine, params string[] applications) =>
        await engine.Accepted(await Deployed(engine, applications), "final_accept");

    private static async Task<Batch> Deployed(Engine engine, params string[] applications)
    {
        var batch = await PreDeployed(engine, applications);
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
        return batch;
    }

    private static async Task<Batch> PreDeployed(Engine engine, params string[] applications)
    {
        var batch = await engine.SealedBatch(applications);
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        return batch;
    }

    private static async Task BuildLater(Engine engine, string number, params string[] applications)
    {
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        foreach (var application in applications)
            await engine.Build(application, number);
    }

    private static async Task<IEnumerable<string>> Running(Engine engine) =>
        (await engine.Do<LiveVersions, IReadOnlyList<LiveVersionView>>(v => v.ListAsync(Visible.Everything, new LiveVersionFilter(), default)))
            .Where(v => v.Stage == "prod").Select(v => $"{v.Application} {v.Image.Split(':')[1]}");
}
