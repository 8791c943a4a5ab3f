using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>The process dies with everything it had in memory; a new one has the database alone (I8).</summary>
public sealed class A_restart_in_the_middle
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Resets_neither_deadline_nor_tries_nor_waits(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:retry_count", "10"), ("deploy:single_app_timeout", "5m"));
        engine.Service.OnSubmit = _ => new DeployAnswer.Transient("down");
        var batch = await engine.SealedBatch("api");
        await engine.Pass(TimeSpan.FromSeconds(20));
        var before = await engine.Operation(batch, "api");
        before.Tries.ShouldBe(5, "at 0, 1, 3, 7 and 15 s");

        await using var second = engine.Another();
        await Net(second, TimeSpan.FromSeconds(10));
        second.Service.Submits("api").Count.ShouldBe(5, "the next try is due 31 s after the start and not before");
        await Net(second, TimeSpan.FromMinutes(6));

        var after = await second.Operation(batch, "api");
        (after.OperationId, after.DeadlineAt, after.Status).ShouldBe((before.OperationId, before.DeadlineAt, OperationStatus.TimedOut));
        second.Service.Submits("api").Count.ShouldBeInRange(8, 9, "waits of 16, 32, 64 and 128 s within five minutes");
        (await second.Status(batch)).ShouldBe(BatchStatus.Sealed);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Finds_a_rollout_again_that_went_on_meanwhile(string database)
    {
        await using var engine = await Engine.Start(database);
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var batch = await engine.SealedBatch("api", "web");
        await engine.Pass(TimeSpan.FromSeconds(7));
        engine.Service.OnLook = _ => new DeployAnswer.Succeeded();

        await using var second = engine.Another();
        await Net(second, TimeSpan.FromMinutes(1));

        (await second.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        engine.Service.Submits("api").Count.ShouldBe(1);
        engine.Service.Submits("web").Count.ShouldBe(1);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Of_a_call_has_used_its_try_and_asks_again_under_the_same_id(string database)
    {
        await using var engine = await Engine.Start(database);
        engine.Service.KillNext("submit");
        var batch = await engine.SealedBatch("api");
        await engine.DeliverUntilDeath();

        await using var second = engine.Another();
        await Net(second, TimeSpan.FromMinutes(2));

        var operation = await second.Operation(batch, "api");
        (operation.Status, operation.Tries).ShouldBe((OperationStatus.Succeeded, 2));
        engine.Service.Submits("api").Select(c => c.OperationId).Distinct().ShouldHaveSingleItem();
        (await second.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    /// <summary>Each message may be the last one that is lost: whatever it was, the scans carry the batch on.</summary>
    [Fact]
    public async Task Loses_any_message_and_the_batch_still_moves_on()
    {
        for (var lost = 0; lost < 8; lost++)
        {
            await using var engine = await Engine.Start();
            await engine.Application("api");
            await engine.Application("web", dependsOn: ["api"]);
            var batch = await engine.SealedBatch("api", "web");
            for (var i = 0; i < lost && engine.Mail.Next(engine.Now) is { } posted; i++)
                await engine.Deliver(posted.Message, posted.Id);
            engine.Mail.Lose();

            await Net(engine, TimeSpan.FromMinutes(3));

            (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed, $"after {lost} messages");
        }
    }

    /// <summary>Time with a scan every thirty seconds.</summary>
    private static async Task Net(Engine engine, TimeSpan time)
    {
        var end = engine.Now + time;
        while (engine.Now < end)
        {
            await engine.Scan();
            var left = end - engine.Now;
            await engine.Pass(left < TimeSpan.FromSeconds(30) ? left : TimeSpan.FromSeconds(30));
        }
    }
}
