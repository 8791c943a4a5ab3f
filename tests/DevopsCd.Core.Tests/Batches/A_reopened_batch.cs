using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Approvals;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R18.</summary>
public sealed class A_reopened_batch
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Takes_a_fix_and_deploys_only_what_has_changed(string database)
    {
        await using var engine = await Engine.Start(database);
        engine.Service.Submitted("web", new DeployAnswer.Failed("no quota"));
        var batch = await engine.SealedBatch("api", "web", "shop");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
        await BuildLater(engine, "web", "2");

        var reopened = await engine.Raise(batch, "reopen", "web needs the fix");

        (reopened.Outcome, reopened.FromState, reopened.ToState).ShouldBe((EventOutcome.Accepted, BatchStatus.Sealed, BatchStatus.Approved));
        var open = await engine.Find(batch.CorrelationId);
        (open.TaggedBy, open.TaggedAt, open.AutoDeployBlocked, open.LastFailure, open.SealNumber).ShouldBe((null, null, false, null, 1));
        (await engine.Releases(batch)).ShouldAllBe(r => !r.IsLocked && r.SealedTargets == null && r.PreStatus == ReleaseStatus.None && r.IsOpen);
        (await engine.Release(batch, "web")).Build!.BuildNumber.ShouldBe("2", "what came while it was sealed flows in");

        await engine.Accepted(batch, "confirm_tag");
        await engine.Deliver();

        var after = await engine.Find(batch.CorrelationId);
        (after.Status, after.Pre.Attempt, after.SealNumber).ShouldBe((BatchStatus.PreDeployed, 2, 2));
        engine.Service.Calls.Where(c => c.Verb == "submit").Select(c => (c.Application, c.Image)).ShouldBe(
        [
            ("api", "registry.example/api:1.0.1"), ("web", "registry.example/web:1.0.1"), ("shop", "registry.example/shop:1.0.1"),
            ("web", "registry.example/web:1.0.2")
        ], ignoreOrder: true);
        (await engine.Releases(batch)).ShouldAllBe(r => r.PreStatus == ReleaseStatus.Succeeded);
    }

    [Fact]
    public async Task Of_pre_production_gets_a_plan_of_its_own_for_production()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine, "api");
        (await engine.Find(batch.CorrelationId)).ProdPlan!.ShouldContain("1.0.1");
        await BuildLater(engine, "api", "2");

        await engine.Accepted(batch, "reopen");
        (await engine.Find(batch.CorrelationId)).ProdPlan.ShouldBeNull();
        await engine.Accepted(batch, "confirm_tag");
        await engine.Deliver();

        (await engine.Find(batch.CorrelationId)).ProdPlan!.ShouldContain("1.0.2");
        engine.Told<ProductionReady>().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Deploys_nothing_again_when_nothing_has_changed()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine, "api", "web");

        await engine.Accepted(batch, "reopen");
        await engine.Accepted(batch, "confirm_tag");
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        engine.Service.Calls.Count(c => c.Verb == "submit").ShouldBe(2);
    }

    [Fact]
    public async Task Deploys_again_what_ran_before_something_else_did()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine, "api");
        await BuildLater(engine, "api", "2");
        await engine.Accepted(batch, "reopen");
        await engine.Accepted(batch, "confirm_tag");
        await engine.Deliver();
        await engine.Accepted(batch, "reopen");
        await engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = "1" }, Precondition.None, "bob", default));
        await engine.Accepted(batch, "confirm_tag");
        await engine.Deliver();

        engine.Service.Submits("api").Select(c => c.Image).ShouldBe(
            ["registry.example/api:1.0.1", "registry.example/api:1.0.2", "registry.example/api:1.0.1"], "1 had succeeded, and then 2 took its place");
    }

    [Fact]
    public async Task Deploys_again_where_the_settings_have_changed()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine, "api", "web");
        await engine.Accepted(batch, "reopen");
        await engine.Do<Core.Applications.TargetCatalogue>(c => c.PutAsync("api", "pre", "staging",
            new TargetBody { Namespace = "elsewhere", Workload = new DeployWorkload { Kind = "Deployment", Name = "api" } },
            Visible.Everything, Precondition.None, default));

        await engine.Accepted(batch, "confirm_tag");
        await engine.Deliver();

        engine.Service.Calls.Where(c => c.Verb == "submit").Select(c => c.Application).ShouldBe(["api", "web", "api"], ignoreOrder: true);
    }

    [Fact]
    public async Task Deploys_everything_where_a_person_asks_for_it()
    {
        await using var engine = await Engine.Start("sqlite");
        engine.Service.Submitted("web", new DeployAnswer.Failed("no quota"));
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();

        var started = await engine.Do<BatchCommands, CommandResult>(c => c.RaiseAsync(BatchEventTypes.Get("start_pre_deploy"),
            new EventRequest { BatchId = batch.CorrelationId, Operator = "bob", All = true }, Electorate.Person("bob"), null, default));
        await engine.Deliver();

        started.Outcome.ShouldBe(EventOutcome.Accepted);
        engine.Service.Calls.Where(c => c.Verb == "submit").Select(c => c.Application).ShouldBe(["api", "web", "api", "web"], ignoreOrder: true);
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Fact]
    public async Task Starts_after_its_next_seal_though_it_never_started_after_the_first()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.SealedBatch("api");
        await engine.Accepted(batch, "reopen");
        await engine.Deliver();
        (await engine.Audit(batch))[^1].ShouldSatisfyAllConditions(
            row => (row.Event, row.Outcome).ShouldBe(("start_pre_deploy", EventOutcome.Refused), "the start of the first seal comes too late"));

        await engine.Accepted(batch, "confirm_tag");
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Fact]
    public async Task Is_none_while_production_has_moved()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine, "api", "web");
        engine.Service.Submitted("web", new DeployAnswer.Failed("no quota"));
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        (await engine.Find(batch.CorrelationId)).Prod.Dirty.ShouldBeTrue();

        var refused = await engine.Raise(batch, "reopen");

        (refused.Outcome, refused.RefusalKind).ShouldBe((EventOutcome.Refused, RefusalKind.Illegal));
        refused.Reason!.ShouldContain("production deployment has already changed applications");
    }

    [Theory]
    [InlineData("keep", BatchStatus.Approved, "2")]
    [InlineData("hold", BatchStatus.Approved, "1")]
    [InlineData("void", BatchStatus.PendingApproval, "2")]
    public async Task Is_approved_as_far_as_the_policy_says(string onChange, string status, string build)
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { OnChange = onChange });
        var batch = await PreDeployed(engine, "api");
        await BuildLater(engine, "api", "2");

        await engine.Accepted(batch, "reopen");

        (await engine.Status(batch), (await engine.Release(batch, "api")).Build!.BuildNumber).ShouldBe((status, build));
        var after = await engine.Find(batch.CorrelationId);
        after.Version.ShouldBe((await engine.Audit(batch)).Count(e => e.Outcome == EventOutcome.Accepted));
    }

    private static async Task<Batch> PreDeployed(Engine engine, params string[] applications)
    {
        var batch = await engine.SealedBatch(applications);
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        return batch;
    }

    private static Task BuildLater(Engine engine, string application, string number)
    {
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        return engine.Build(application, number);
    }
}
