using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Testing;
using Npgsql;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>What comes for one batch while its lock is held is one transaction with the next starts.</summary>
public sealed class Ends_that_come_together
{
    [Fact]
    public async Task Are_settled_in_one_transaction_with_the_next_starts()
    {
        await using var engine = await Engine.Start("postgres");
        var names = Enumerable.Range(0, 10).Select(i => $"app{i}").ToArray();
        var batch = await engine.SealedBatch(names);
        await engine.Accepted(batch, "start_pre_deploy");
        var running = await engine.Operations(batch);
        running.Count.ShouldBe(5);
        var slow = engine.Service.HoldNext();
        await using var holder = new NpgsqlConnection(engine.Database.ConnectionString);
        await holder.OpenAsync();
        var hold = await holder.BeginTransactionAsync();
        await using (var take = new NpgsqlCommand($"SELECT 1 FROM batches WHERE id = {batch.Id} FOR UPDATE", holder, hold))
            await take.ExecuteScalarAsync();

        var calls = running.Select(o => Ends(engine, o)).ToList();
        await Eventually.IsTrue(() => engine.Service.Calls.Count == 5, "all calls are made");
        await Eventually.IsTrue(async () => await Waiting(engine) == 1, "one connection waits for the batch");
        slow.SetResult();
        await hold.RollbackAsync();
        await Task.WhenAll(calls);

        var rows = await Rows(engine);
        rows.Count(r => r.Status == "succeeded").ShouldBe(5);
        rows.Count(r => r.Status == "pending").ShouldBe(5);
        rows.Select(r => r.Transaction).Distinct().Count().ShouldBeLessThanOrEqualTo(2, "the one whose answer came last may be a transaction of its own");
    }

    [Fact]
    public async Task Make_room_with_those_that_another_host_has_settled_meanwhile()
    {
        await using var engine = await Engine.Start("postgres");
        var batch = await engine.SealedBatch([.. Enumerable.Range(0, 12).Select(i => $"app{i}")]);
        await engine.Accepted(batch, "start_pre_deploy");
        var running = await engine.Operations(batch);
        engine.Service.OnSubmit = o => o.Application == running[0].Application ? new DeployAnswer.Succeeded() : new DeployAnswer.Progressing();
        await Ends(engine, running[0]);
        await using var source = NpgsqlDataSource.Create(engine.Database.ConnectionString);
        await using var other = source.CreateCommand(
            $"""
            UPDATE deployments SET status = 'succeeded', finished_at = now(), next_action_at = NULL, may_run = false
            WHERE operation_id = '{running[1].OperationId}'
            """);
        (await other.ExecuteNonQueryAsync()).ShouldBe(1);

        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        engine.Service.OnLook = _ => new DeployAnswer.Succeeded();
        await Ends(engine, running[2]);

        var rows = await Rows(engine);
        (rows.Count(r => r.Status == "succeeded"), rows.Count(r => r.Status is "pending" or "progressing"))
            .ShouldBe((3, 5), "of what this host remembers one was wrong");
    }

    [Fact]
    public async Task Delay_no_other_when_one_of_them_cannot_be_settled()
    {
        var (begin, tries) = (new TaskCompletionSource(), 0);
        var gathering = new Gathering<string, int, int>(async (_, take) =>
        {
            await begin.Task;
            Interlocked.Increment(ref tries);
            return [.. take().Select(i => i == 3 ? throw new InvalidOperationException("three") : i * 10)];
        });

        var asked = Enumerable.Range(1, 4).Select(i => gathering.AskAsync("batch", i, default)).ToList();
        begin.SetResult();

        (await asked[0], await asked[1], await asked[3]).ShouldBe((10, 20, 40));
        (await Should.ThrowAsync<InvalidOperationException>(() => asked[2])).Message.ShouldBe("three");
        tries.ShouldBe(5, "once together, then each alone");
    }

    [Fact]
    public async Task Are_told_together_that_nothing_can_be_done_at_present()
    {
        var (begin, tries) = (new TaskCompletionSource(), 0);
        var gathering = new Gathering<string, int, int>(async (_, take) =>
        {
            await begin.Task;
            take();
            Interlocked.Increment(ref tries);
            throw new NpgsqlException("gone", new TimeoutException());
        });

        var asked = Enumerable.Range(1, 4).Select(i => gathering.AskAsync("batch", i, default)).ToList();
        begin.SetResult();

        foreach (var one in asked)
            await Should.ThrowAsync<NpgsqlException>(() => one);
        tries.ShouldBe(1);
    }

    [Fact]
    public async Task Go_their_own_ways_for_different_batches()
    {
        var held = new TaskCompletionSource();
        var gathering = new Gathering<string, int, int>(async (batch, take) =>
        {
            if (batch == "held")
                await held.Task;
            return take();
        });

        var waiting = gathering.AskAsync("held", 1, default);
        (await gathering.AskAsync("free", 2, default)).ShouldBe(2);

        waiting.IsCompleted.ShouldBeFalse();
        held.SetResult();
        (await waiting).ShouldBe(1);
    }

    [Fact]
    public async Task Are_given_back_while_the_lock_cannot_be_had()
    {
        var held = new TaskCompletionSource();
        var taken = new List<int>();
        var gathering = new Gathering<string, int, int>(async (_, take) =>
        {
            await held.Task;
            taken.AddRange(take());
            return taken;
        });

        await Should.ThrowAsync<MassTransit.EntityFrameworkCoreIntegration.RowHeldException>(() => gathering.AskAsync("batch", 1, default));
        held.SetResult();
        (await gathering.AskAsync("batch", 2, default)).ShouldBe(2);

        taken.ShouldBe([2], "what was given back is not done behind its caller's back");
    }

    private static Task<bool> Ends(Engine engine, Deployment operation) => engine.Do<DeploymentOperationRunner, bool>(
        desk => desk.CallAsync(operation.BatchCorrelationId, operation.OperationId, cameBefore: false, default));

    private static async Task<long> Waiting(Engine engine)
    {
        await using var source = NpgsqlDataSource.Create(engine.Database.ConnectionString);
        await using var ask = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        return (long)(await ask.ExecuteScalarAsync())!;
    }

    private static async Task<List<(string Status, string Transaction)>> Rows(Engine engine)
    {
        await using var source = NpgsqlDataSource.Create(engine.Database.ConnectionString);
        await using var ask = source.CreateCommand("SELECT status, xmin::text FROM deployments");
        await using var reader = await ask.ExecuteReaderAsync();
        var rows = new List<(string, string)>();
        while (await reader.ReadAsync())
            rows.Add((reader.GetString(0), reader.GetString(1)));
        return rows;
    }
}
