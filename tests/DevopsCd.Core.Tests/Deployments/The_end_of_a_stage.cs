using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>The engine raises its own events under the lock in which it found them (R8): there is no letter to lose.</summary>
public sealed class The_end_of_a_stage
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_committed_with_the_end_of_its_last_operation(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await Started(engine);

        await engine.Do<DeploymentOperationRunner>(
            async desk => await desk.CallAsync(batch.CorrelationId, (await engine.Operation(batch, "api")).OperationId, cameBefore: false, default));

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        var row = (await engine.Audit(batch)).Single(e => e.Event == "pre_deploy_completed");
        (row.Outcome, row.Operator, row.Source, row.FromState, row.ToState, row.Version)
            .ShouldBe((EventOutcome.Accepted, Operators.Engine, EventSource.Engine, BatchStatus.PreDeploying, BatchStatus.PreDeployed, 4));
        engine.Mail.All.Select(p => p.Message).OfType<PreDeployCompleted>().ShouldBeEmpty();
        engine.Mail.All.Select(p => p.Message).OfType<BatchTransitioned>().Last().Event.ShouldBe("pre_deploy_completed");
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Comes_with_its_failure_and_what_failed(string database)
    {
        await using var engine = await Engine.Start(database);
        engine.Service.Submitted("api", new DeployAnswer.Failed("no such image"));
        var batch = await Started(engine);

        await engine.Do<DeploymentOperationRunner>(
            async desk => await desk.CallAsync(batch.CorrelationId, (await engine.Operation(batch, "api")).OperationId, cameBefore: false, default));

        var after = await engine.Find(batch.CorrelationId);
        (after.Status, after.AutoDeployBlocked, after.LastFailure).ShouldBe((BatchStatus.Sealed, true, "api: no such image"));
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_committed_with_its_start_where_nothing_is_to_be_deployed(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.Application("docs", pre: []);
        var batch = await engine.SealedBatch("docs");

        var start = await engine.Raise(batch, "start_pre_deploy");

        (start.Outcome, start.ToState, start.Version).ShouldBe((EventOutcome.Accepted, BatchStatus.PreDeploying, 3), "the answer is about what was asked");
        (await engine.Audit(batch)).TakeLast(2).Select(e => (e.Event, e.ToState, e.Version))
            .ShouldBe([("start_pre_deploy", BatchStatus.PreDeploying, 3), ("pre_deploy_completed", BatchStatus.PreDeployed, 4)]);
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_committed_with_a_cancel_when_nothing_runs(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:driver", "external"));
        var batch = await engine.SealedBatch("api");
        await engine.Accepted(batch, "start_pre_deploy");

        var cancel = await engine.Raise(batch, "cancel");

        (cancel.Outcome, cancel.Event, cancel.ToState).ShouldBe((EventOutcome.Accepted, "cancel", BatchStatus.PreDeploying));
        (await engine.Audit(batch)).TakeLast(2).Select(e => e.Event).ShouldBe(["cancel", "deploy_stopped"]);
        (await engine.Status(batch)).ShouldBe(BatchStatus.Cancelled);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_not_disturbed_by_a_letter_of_an_older_version_that_came_too_early(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await Started(engine);
        var letter = new PreDeployCompleted { BatchId = batch.CorrelationId, Operator = Operators.Engine, Attempt = 1 };
        await engine.Deliver(letter, EngineMessageId.Of(batch.CorrelationId, nameof(PreDeployCompleted), 1));
        (await engine.Audit(batch)).Last().Outcome.ShouldBe(EventOutcome.Refused);

        await engine.Do<DeploymentOperationRunner>(
            async desk => await desk.CallAsync(batch.CorrelationId, (await engine.Operation(batch, "api")).OperationId, cameBefore: false, default));

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Makes_a_letter_of_an_older_version_a_repetition(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await Started(engine);
        await engine.Do<DeploymentOperationRunner>(
            async desk => await desk.CallAsync(batch.CorrelationId, (await engine.Operation(batch, "api")).OperationId, cameBefore: false, default));
        var audit = (await engine.Audit(batch)).Count;

        await engine.Deliver(new PreDeployCompleted { BatchId = batch.CorrelationId, Operator = Operators.Engine, Attempt = 1 },
            EngineMessageId.Of(batch.CorrelationId, nameof(PreDeployCompleted), 1));

        (await engine.Audit(batch)).Count.ShouldBe(audit);
    }

    private static async Task<Batch> Started(Engine engine)
    {
        var batch = await engine.SealedBatch("api");
        await engine.Accepted(batch, "start_pre_deploy");
        return batch;
    }
}
