using DevopsCd.Contracts;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>R8 with rows.</summary>
public sealed class A_deploying_batch
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Deploys_in_order_and_never_more_than_it_may(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:concurrent_apps", "2"), ("deploy:poll_interval", "1s"));
        var names = Enumerable.Range(0, 9).Select(i => $"app{i}").ToArray();
        for (var i = 0; i < 9; i++)
            await engine.Application(names[i], dependsOn: i < 3 ? [] : [names[i - 3]], pre: i == 4 ? ["east", "west"] : ["east"]);
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        engine.Service.OnLook = _ => new DeployAnswer.Succeeded();
        var batch = await engine.SealedBatch(names);
        var most = 0;

        for (var i = 0; i < 60 && await engine.Status(batch) != BatchStatus.PreDeployed; i++)
        {
            await engine.Pass(TimeSpan.FromSeconds(1));
            most = Math.Max(most, (await engine.Operations(batch)).Count(o => o.InFlight));
        }

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        most.ShouldBe(2);
        var operations = await engine.Operations(batch);
        operations.Count.ShouldBe(10);
        for (var i = 3; i < 9; i++)
            operations.Single(o => o.Application == names[i] && o.Cluster == "east").StartedAt
                .ShouldBeGreaterThanOrEqualTo(operations.Where(o => o.Application == names[i - 3]).Max(o => o.FinishedAt!.Value));
        (await engine.Audit(batch)).Where(e => e.Event == "pre_deploy_completed").ShouldHaveSingleItem().Outcome.ShouldBe(EventOutcome.Accepted);
        engine.Told<DeploymentFinished>().Count.ShouldBe(10);
    }

    [Fact]
    public async Task Says_what_each_application_waits_for()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:concurrent_apps", "1"));
        await engine.Application("api");
        await engine.Application("web", dependsOn: ["api"]);
        await engine.Application("zoo");
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var batch = await engine.SealedBatch("api", "web", "zoo");

        await engine.Deliver();

        (await engine.Releases(batch)).Select(r => (r.App.Name, r.PreStatus, r.StatusReason)).ShouldBe(
        [
            ("api", ReleaseStatus.Deploying, null),
            ("web", ReleaseStatus.Waiting, "waits for api"),
            ("zoo", ReleaseStatus.Waiting, "waits for a free place")
        ]);
    }

    [Fact]
    public async Task Without_settings_for_the_stage_completes_at_once()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api", pre: []);
        var batch = await engine.SealedBatch("api");

        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Release(batch, "api")).PreStatus.ShouldBe(ReleaseStatus.Skipped);
        engine.Service.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task In_production_that_fails_goes_back_and_is_dirty_if_anything_moved()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api");
        await engine.Application("web", dependsOn: ["api"]);
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        engine.Service.Submitted("web", new DeployAnswer.Failed("CrashLoopBackOff"));

        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();

        var after = await engine.Find(batch.CorrelationId);
        (after.Status, after.Prod.Dirty, after.LastFailure, after.AutoDeployBlocked).ShouldBe((BatchStatus.PreDeployed, true, "web: CrashLoopBackOff", false));
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        after = await engine.Find(batch.CorrelationId);
        (after.Status, after.Prod.Dirty, after.Prod.Attempt).ShouldBe((BatchStatus.ProdDeployed, false, 2));
        engine.Service.Calls.Where(c => c.Cluster == "production").Select(c => c.Application).ShouldBe(["api", "web", "web"]);
    }

    [Fact]
    public async Task In_production_that_moved_nothing_is_not_dirty()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        engine.Service.Submitted("api", new DeployAnswer.Refused("422: refused"));

        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();

        (await engine.Find(batch.CorrelationId)).Prod.Dirty.ShouldBeFalse("the one call was refused");
    }

    /// <summary>An attempt that failed left something behind in production; the next one that moves nothing does not undo that.</summary>
    [Fact]
    public async Task In_production_stays_dirty_when_a_retry_fails_without_moving_anything()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api");
        await engine.Application("web", dependsOn: ["api"]);
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        engine.Service.Submitted("web", new DeployAnswer.Refused("422"), new DeployAnswer.Refused("422"));

        for (var i = 0; i < 2; i++)
        {
            await engine.Accepted(batch, "start_prod_deploy");
            await engine.Deliver();

            (await engine.Find(batch.CorrelationId)).Prod.Dirty.ShouldBeTrue($"attempt {i + 1}");
        }
    }
}
