using DevopsCd.Contracts;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>What a batch has started in one transaction is claimed with the first message of it that arrives.</summary>
public sealed class Starts_that_come_together
{
    private static readonly string[] s_names = [.. Enumerable.Range(0, 5).Select(i => $"app{i}")];

    [Fact]
    public async Task Are_called_for_with_the_first_message()
    {
        await using var engine = await Engine.Start("postgres");
        var batch = await Started(engine);
        var running = await engine.Operations(batch);

        (await Call(engine, running[2])).ShouldBeTrue();

        (await engine.Operations(batch)).ShouldAllBe(o => o.Status == OperationStatus.Succeeded && o.Tries == 1);
        foreach (var other in running)
            (await Call(engine, other)).ShouldBeFalse();
        s_names.ShouldAllBe(name => engine.Service.Submits(name).Count == 1);
    }

    [Fact]
    public async Task Are_tried_again_by_messages_of_their_own()
    {
        await using var engine = await Engine.Start("postgres");
        engine.Service.Submitted("app1", new DeployAnswer.Transient("down"), new DeployAnswer.Succeeded());
        engine.Service.Submitted("app3", new DeployAnswer.NotSent(TimeSpan.Zero), new DeployAnswer.Succeeded());
        var batch = await engine.SealedBatch(s_names);

        await engine.Pass(TimeSpan.FromSeconds(5));

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Operation(batch, "app1")).Tries.ShouldBe(2);
    }

    [Fact]
    public async Task Are_taken_up_with_the_message_that_comes_again_after_their_host_died()
    {
        await using var engine = await Engine.Start("postgres");
        var batch = await Started(engine);
        var first = engine.Told<DeployApplication>()[0];
        engine.Mail.Lose();
        engine.Service.KillNext("submit");
        await Task.WhenAny(engine.Deliver(first), engine.Service.Died);
        engine.Service.Died.IsCompleted.ShouldBeTrue();
        engine.Mail.Lose();

        await using var second = engine.Another();
        await second.Deliver(first, again: true);
        await second.Pass(TimeSpan.FromSeconds(21));

        (await second.Status(batch)).ShouldBe(BatchStatus.PreDeployed, "without the net");
        (await second.Operations(batch)).ShouldAllBe(o => o.Tries <= 2);
    }

    [Fact]
    public async Task Leave_alone_what_another_transaction_works_on()
    {
        await using var engine = await Engine.Start("postgres");
        var batch = await Started(engine);
        var running = await engine.Operations(batch);
        await using var holder = new Npgsql.NpgsqlConnection(engine.Database.ConnectionString);
        await holder.OpenAsync();
        await using var hold = await holder.BeginTransactionAsync();
        await using (var take = new Npgsql.NpgsqlCommand($"SELECT 1 FROM deployments WHERE id = {running[4].Id} FOR UPDATE", holder, hold))
            await take.ExecuteScalarAsync();

        (await Call(engine, running[0])).ShouldBeTrue();

        (await engine.Operations(batch)).Select(o => o.Status == OperationStatus.Succeeded).ShouldBe([true, true, true, true, false]);
        await hold.RollbackAsync();
        (await Call(engine, running[4])).ShouldBeTrue("its own message finds it");
    }

    private static async Task<Batch> Started(Engine engine)
    {
        var batch = await engine.SealedBatch(s_names);
        await engine.Accepted(batch, "start_pre_deploy");
        return batch;
    }

    private static Task<bool> Call(Engine engine, Deployment operation) => engine.Do<DeploymentOperationRunner, bool>(
        desk => desk.CallAsync(operation.BatchCorrelationId, operation.OperationId, cameBefore: false, default));
}
