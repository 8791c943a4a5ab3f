using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Approvals;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R19: what an accepted batch has released is taken back by a batch of its own; and what a rollback would do is known from the seal on.</summary>
public sealed class A_revert
{
    [Fact]
    public async Task Is_a_new_batch_pinned_to_what_ran_before_in_the_reverse_order()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api");
        await engine.Application("web", ["api"]);
        await AcceptedAsync(engine, "api", "web");
        await BuildLater(engine, "2", "api", "web");
        var batch = await AcceptedAsync(engine, "api", "web", "mail");

        var (result, left) = (await RevertAsync(engine, batch))!.Value;

        result.RefusalKind.ShouldBeNull(result.Reason);
        left.ShouldHaveSingleItem().ShouldSatisfyAllConditions(l => l.Application.ShouldBe("mail"), l => l.Reason.ShouldBe(StageUndo.New));
        var revert = await engine.Find(result.BatchCorrelationId);
        (revert.Status, revert.Title, revert.Initiator).ShouldBe((BatchStatus.PendingApproval, $"Revert of {batch.BatchNumber}: a release", "bob"));
        (await engine.Releases(revert)).Select(r => (r.App.Name, r.Build!.BuildNumber, r.PinnedBy, string.Join(",", r.DependsOn)))
            .ShouldBe([("api", "1", "bob", "web"), ("web", "1", "bob", "")], ignoreOrder: true);
        (await engine.Find(batch.CorrelationId)).Version.ShouldBe(batch.Version, "the accepted batch is history");
    }

    [Fact]
    public async Task Is_none_of_a_batch_that_can_still_be_rolled_back()
    {
        await using var engine = await Engine.Start();
        var batch = await DeployedAsync(engine, "api");

        var refused = await Should.ThrowAsync<BatchRefusedException>(() => RevertAsync(engine, batch));

        refused.Message.ShouldContain("only an accepted batch is reverted");
    }

    [Fact]
    public async Task Is_none_of_what_the_caller_has_seen_otherwise()
    {
        await using var engine = await Engine.Start();
        await AcceptedAsync(engine, "api");
        await BuildLater(engine, "2", "api");
        var batch = await AcceptedAsync(engine, "api");

        var refused = await Should.ThrowAsync<BatchRefusedException>(
            () => RevertAsync(engine, batch, new Precondition([new BatchTag(batch.Version - 1).ToString()])));
        var (result, _) = (await RevertAsync(engine, batch, new Precondition([new BatchTag(batch.Version).ToString()])))!.Value;

        refused.Kind.ShouldBe(RefusalKind.Stale);
        result.RefusalKind.ShouldBeNull(result.Reason);
    }

    [Fact]
    public async Task Says_why_nothing_can_be_taken_back()
    {
        await using var engine = await Engine.Start();
        var batch = await AcceptedAsync(engine, "api");

        var refused = await Should.ThrowAsync<BatchRefusedException>(() => RevertAsync(engine, batch));

        refused.Message.ShouldBe($"nothing can be taken back: api: {StageUndo.New}");
    }

    [Fact]
    public async Task Of_an_ended_batch_is_named_where_a_rollback_is_refused()
    {
        await using var engine = await Engine.Start();
        var batch = await AcceptedAsync(engine, "api");

        (await engine.Raise(batch, "start_prod_rollback")).Reason!.ShouldContain("/revert makes a new batch");
    }

    [Fact]
    public async Task Is_planned_from_the_seal_on_as_a_rollback_in_its_order()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api");
        await engine.Application("web", ["api"]);
        await AcceptedAsync(engine, "api", "web");
        await BuildLater(engine, "2", "api", "web");
        var batch = await engine.SealedBatch("api", "web", "mail");

        (await PlanAsync(engine, batch)).ShouldBe(
        [
            "web restore registry.example/web:1.0.1 after ", "mail stay  after ", "api restore registry.example/api:1.0.1 after web"
        ]);
        await engine.Deliver();
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        (await PlanAsync(engine, batch)).ShouldBe(
        [
            "web restore registry.example/web:1.0.1 after ", "mail stay  after ", "api restore registry.example/api:1.0.1 after web"
        ]);
        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();
        (await PlanAsync(engine, batch)).ShouldBe(["web keep  after  succeeded", "mail stay  after ", "api keep  after web succeeded"]);
    }

    private static async Task<IEnumerable<string>> PlanAsync(Engine engine, Batch batch) =>
        (await engine.Do<BatchPlans, BatchPlan?>(p => p.LookAsync(batch.Id, Stage.Rollback, default)))!.Operations
            .Select(o => $"{o.Application} {o.Action} {o.Image} after {string.Join(",", o.After)}{(o.Status is null ? "" : $" {o.Status}")}");

    private static Task<(CommandResult Result, IReadOnlyList<NotReverted> Left)?> RevertAsync(Engine engine, Batch batch, Precondition? seen = null) =>
        engine.Do<BatchReverts, (CommandResult, IReadOnlyList<NotReverted>)?>(r =>
            r.RevertAsync(batch.Id, null, seen ?? Precondition.None, Electorate.Person("bob"), null, default));

    private static async Task<Batch> AcceptedAsync(Engine engine, params string[] applications)
    {
        var batch = await DeployedAsync(engine, applications);
        await engine.Accepted(batch, "final_accept");
        return await engine.Find(batch.CorrelationId);
    }

    private static async Task<Batch> DeployedAsync(Engine engine, params string[] applications)
    {
        var batch = await engine.SealedBatch(applications);
        await engine.Deliver();
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
        return batch;
    }

    private static async Task BuildLater(Engine engine, string number, params string[] applications)
    {
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        foreach (var application in applications)
            await engine.Build(application, number);
    }
}
