using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R5.</summary>
public sealed class A_failed_pre_deploy
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_not_started_again_by_a_hundred_scans(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await Failed(engine);

        for (var i = 0; i < 100; i++)
        {
            engine.Clock.Advance(TimeSpan.FromSeconds(30));
            (await engine.Scan())!.Started.ShouldBeEmpty();
            await engine.Deliver();
        }

        var after = await engine.Find(batch.CorrelationId);
        (after.Status, after.Pre.Attempt, after.AutoDeployBlocked).ShouldBe((BatchStatus.Sealed, 1, true));
        after.LastFailure.ShouldBe("web: no quota; 1 held");
        engine.Service.Calls.Count.ShouldBe(2);
        (await engine.Audit(batch)).Count(e => e.Event == "start_pre_deploy").ShouldBe(1);
    }

    [Fact]
    public async Task Refuses_even_a_lost_automatic_start_that_comes_late()
    {
        await using var engine = await Engine.Start();
        var batch = await Failed(engine);

        await engine.Deliver(AutomaticStart.Of(batch.CorrelationId), Guid.NewGuid());

        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
        var row = (await engine.Audit(batch)).Last();
        (row.Event, row.Outcome, row.Operator, row.Reason).ShouldBe(
            ("start_pre_deploy", EventOutcome.Refused, Operators.Engine, "the last pre-deploy failed; only a person can start it again"));
    }

    [Fact]
    public async Task Deploys_on_a_persons_retry_only_what_has_not_succeeded()
    {
        await using var engine = await Engine.Start();
        var batch = await Failed(engine);

        await engine.Accepted(batch, "start_pre_deploy");
        await engine.Deliver();

        var after = await engine.Find(batch.CorrelationId);
        (after.Status, after.Pre.Attempt, after.AutoDeployBlocked, after.LastFailure).ShouldBe((BatchStatus.PreDeployed, 2, false, null));
        engine.Service.Calls.Select(c => c.Application).ShouldBe(["api", "web", "web", "shop"]);
        engine.Service.Submits("web").Select(c => c.OperationId).ShouldBeUnique("each attempt is an operation of its own");
        (await engine.Releases(batch)).ShouldAllBe(r => r.PreStatus == ReleaseStatus.Succeeded && r.StatusReason == null);
    }

    /// <summary>The seal's message was lost: the scan starts it, and once, however often it looks.</summary>
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Never_was_where_the_start_was_lost_and_the_scan_finds_it(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.SealedBatch("api");
        engine.Mail.Lose();

        (await engine.Scan())!.Started.ShouldBe([batch.BatchNumber]);
        (await engine.Scan())!.Started.ShouldBe([batch.BatchNumber]);
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Audit(batch)).Where(e => e.Event == "start_pre_deploy").ShouldHaveSingleItem().Operator.ShouldBe(Operators.Engine);
    }

    /// <summary>api succeeds, web fails, and shop hangs on web.</summary>
    private static async Task<Batch> Failed(Engine engine)
    {
        await engine.Application("api");
        await engine.Application("web", dependsOn: ["api"]);
        await engine.Application("shop", dependsOn: ["web"]);
        engine.Service.Submitted("web", new DeployAnswer.Failed("no quota"));
        var batch = await engine.SealedBatch("api", "web", "shop");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
        var shop = await engine.Release(batch, "shop");
        (shop.PreStatus, shop.StatusReason).ShouldBe((ReleaseStatus.Held, "web did not succeed"));
        return batch;
    }
}
