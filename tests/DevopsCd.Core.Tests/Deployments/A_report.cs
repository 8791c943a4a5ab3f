using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>What a deploy system says of an operation by itself. Whatever it causes, the audit knows who said it.</summary>
public sealed class A_report
{
    [Theory]
    [InlineData("postgres", DeploymentPhase.Succeeded)]
    [InlineData("sqlite", DeploymentPhase.Succeeded)]
    [InlineData("sqlite", DeploymentPhase.Failed)]
    public async Task Over_a_deploy_service_decides_nothing_and_makes_the_engine_look_at_once(string database, DeploymentPhase phase)
    {
        await using var engine = await Http(database);
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        await Report(engine, await engine.Operation(batch, "api"), phase);
        await engine.Deliver();

        engine.Service.Calls.Select(c => c.Verb).ShouldBe(["submit", "look"]);
        (await engine.Operation(batch, "api")).Status.ShouldBe(OperationStatus.Progressing);
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeploying);
        engine.Service.OnLook = _ => new DeployAnswer.Succeeded();
        await Report(engine, await engine.Operation(batch, "api"), phase);
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed, "the service's own word counts, and no poll was waited for");
    }

    [Fact]
    public async Task Of_an_operation_that_is_being_taken_back_is_one_of_that()
    {
        await using var engine = await Http();
        engine.Service.OnSubmit = _ => new DeployAnswer.Succeeded { Previous = new PreviousVersion("registry.example/api:0", "1", Unchanged: false) };
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        var deployed = await engine.Operation(batch, "api");
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        engine.Service.OnLook = _ => new DeployAnswer.Succeeded();
        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdRollingBack);

        await Report(engine, deployed, DeploymentPhase.Failed);
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed, "no poll was waited for");
        (await engine.Operation(batch, "api")).ShouldSatisfyAllConditions(
            o => o.Reverts.ShouldBe(deployed.OperationId), o => o.Status.ShouldBe(OperationStatus.Succeeded));
    }

    [Fact]
    public async Task That_comes_during_a_look_is_followed_by_another_one()
    {
        await using var engine = await Http();
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        Deployment? during = null;
        engine.Service.OnLook = operation =>
        {
            // The look has begun and answers what was true before.
            if (during is not null)
                return new DeployAnswer.Succeeded();
            engine.Clock.Advance(TimeSpan.FromMilliseconds(10));
            Report(engine, during = operation, DeploymentPhase.Succeeded).GetAwaiter().GetResult();
            return new DeployAnswer.Progressing();
        };

        engine.Clock.Advance(TimeSpan.FromSeconds(5));
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Fact]
    public async Task Does_not_cut_the_wait_between_two_tries_short()
    {
        await using var engine = await Http();
        engine.Service.OnSubmit = _ => new DeployAnswer.Transient("down", TimeSpan.FromSeconds(30));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        await Report(engine, await engine.Operation(batch, "api"), DeploymentPhase.Succeeded);
        await engine.Pass(TimeSpan.FromSeconds(29));

        engine.Service.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Asks_again_for_the_stop_of_what_was_given_up()
    {
        await using var engine = await Http();
        engine.Service.OnSubmit = _ => new DeployAnswer.Transient("lost");
        engine.Service.OnStop = _ => new DeployAnswer.Transient("down", TimeSpan.FromSeconds(50));
        var batch = await engine.SealedBatch("api");
        await engine.Pass(TimeSpan.FromSeconds(8));
        engine.Service.OnStop = _ => new DeployAnswer.Succeeded();

        await Report(engine, await engine.Operation(batch, "api"), DeploymentPhase.Succeeded);
        await engine.Deliver();

        (await engine.Operation(batch, "api")).MayRun.ShouldBeFalse();
    }

    [Theory, InlineData("http"), InlineData("simulated")]
    public async Task Is_in_the_audit_with_who_sent_it_and_through_what(string driver)
    {
        await using var engine = driver == "http" ? await Http() : await Engine.Start();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        var operation = await engine.Operation(batch, "api");

        await Report(engine, operation, DeploymentPhase.Failed, "ImagePullBackOff");

        var row = (await engine.Audit(batch)).Single(e => e.Event == "deployment_reported");
        (row.Outcome, row.Operator, row.Source).ShouldBe((EventOutcome.Noted, "robot", EventSource.Http));
        row.Reason.ShouldBe($"{operation.OperationId} was reported as failed");
        row.Detail.ShouldNotBeNull().ShouldContain("ImagePullBackOff");
        row.Detail.ShouldContain("192.0.2.7");
    }

    [Fact]
    public async Task On_a_simulated_deployment_ends_it_sooner()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        await Report(engine, await engine.Operation(batch, "api"), DeploymentPhase.Succeeded);
        await engine.Pass(TimeSpan.FromMinutes(1));

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        engine.Service.Calls.Count.ShouldBe(1, "nothing is asked any more");
    }

    [Fact]
    public async Task Of_a_failure_on_a_simulated_deployment_gives_its_words()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        await Report(engine, await engine.Operation(batch, "api"), DeploymentPhase.Failed, "ImagePullBackOff");
        await engine.Deliver();

        (await engine.Find(batch.CorrelationId)).LastFailure.ShouldBe("api: ImagePullBackOff");
    }

    /// <summary>An engine whose operations run, over a deploy service that can be asked.</summary>
    private static async Task<Engine> Http(string database = "sqlite")
    {
        var engine = await Engine.Start(database, ("deploy:driver", "http"), ("k8s:base_url", "http://deploy.example"));
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        return engine;
    }

    private static Task Report(Engine engine, Deployment operation, DeploymentPhase phase, string? message = null) =>
        engine.Do<DeploymentOperationRunner>(d => d.ReportAsync(
        new DeploymentReported { OperationId = operation.OperationId, Phase = phase, Message = message },
            new ReportSender("robot", EventSource.Http, "192.0.2.7"), default));
}
