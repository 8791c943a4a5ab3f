using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R6.</summary>
public sealed class A_cancel_while_deploying
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Starts_nothing_more_stops_what_runs_and_ends_the_batch(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:concurrent_apps", "1"));
        var batch = await Running(engine);

        var asked = await engine.Raise(batch, "cancel", "wrong version");
        (asked.Outcome, asked.ToState).ShouldBe((EventOutcome.Accepted, BatchStatus.PreDeploying));
        await engine.Deliver();

        var after = await engine.Find(batch.CorrelationId);
        (after.Status, after.CancelledBy, after.CancelReason, after.CancelledAt).ShouldBe((BatchStatus.Cancelled, Engine.Person, "wrong version", engine.Now));
        engine.Service.Calls.Select(c => $"{c.Verb} {c.Application}").ShouldBe(["submit api", "look api", "stop api"]);
        (await engine.Audit(batch)).Last(e => e.Outcome == EventOutcome.Accepted).Event.ShouldBe("deploy_stopped");
        (await engine.Releases(batch)).Select(r => (r.App.Name, r.PreStatus, r.IsOpen))
            .ShouldBe([("api", ReleaseStatus.Stopped, false), ("web", ReleaseStatus.Stopped, false)]);
    }

    [Fact]
    public async Task Lets_what_cannot_be_stopped_end_by_itself()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:concurrent_apps", "1"));
        engine.Service.OnStop = _ => new DeployAnswer.Progressing();
        var batch = await Running(engine);
        await engine.Raise(batch, "cancel");
        await engine.Pass(TimeSpan.FromSeconds(12));
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeploying);

        engine.Service.OnLook = _ => new DeployAnswer.Succeeded();
        await engine.Pass(TimeSpan.FromSeconds(5));

        (await engine.Status(batch)).ShouldBe(BatchStatus.Cancelled);
        (await engine.Operation(batch, "api")).Status.ShouldBe(OperationStatus.Succeeded);
        engine.Service.Submits("web").ShouldBeEmpty();
    }

    [Fact]
    public async Task Stops_an_operation_that_waits_for_its_next_try()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:concurrent_apps", "1"));
        engine.Service.OnSubmit = _ => new DeployAnswer.Transient("down");
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        await engine.Raise(batch, "cancel");
        await engine.Pass(TimeSpan.FromSeconds(1));

        (await engine.Status(batch)).ShouldBe(BatchStatus.Cancelled);
        engine.Service.Calls.Select(c => c.Verb).ShouldBe(["submit", "stop"], "the first call may have arrived although its answer did not");
        (await engine.Operation(batch, "api")).Tries.ShouldBe(1);
    }

    [Fact]
    public async Task Is_asked_for_once_and_needs_a_reason()
    {
        await using var engine = await Engine.Start();
        var batch = await Running(engine);

        (await engine.Raise(batch, "cancel", " ")).RefusalKind.ShouldBe(RefusalKind.Content);
        await engine.Raise(batch, "cancel", "first");
        var second = await engine.Raise(batch, "cancel", "second", by: "bob");

        (second.Outcome, second.Reason).ShouldBe(
            (EventOutcome.Refused, $"{Engine.Person} has already requested the cancel; the batch is cancelled as soon as nothing is being deployed"));
        (await engine.Find(batch.CorrelationId)).CancelReason.ShouldBe("first");
    }

    [Fact]
    public async Task Is_refused_with_the_reason_while_production_deploys()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();

        var row = await engine.Raise(batch, "cancel");

        (row.Outcome, row.FromState, row.Reason).ShouldBe(
            (EventOutcome.Refused, BatchStatus.ProdDeploying, "production must first reach a result; cancel is refused while it deploys"));
    }

    private static async Task<Batch> Running(Engine engine)
    {
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeploying);
        return batch;
    }
}
