using DevopsCd.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DevopsCd.Messaging.Tests.Scheduling;

/// <summary>Business transactions last, and their clients die: none of them may hold what every node of the cluster needs.</summary>
public sealed class A_transaction_that_schedules : IAsyncLifetime
{
    private PostgresDatabase _database = null!;
    private RabbitVirtualHost _rabbit = null!;
    private SchedulerHost _node = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        _rabbit = await RabbitVirtualHost.CreateAsync();
        await using (var db = new ReminderDb(new DbContextOptionsBuilder<ReminderDb>().UseNpgsql(_database.ConnectionString).Options))
            await db.Database.EnsureCreatedAsync();
        // Whoever is not woken by the commit sleeps through the test.
        _node = await SchedulerHost.OnServers(_database.ConnectionString, _rabbit.Uri, options => options.IdleWaitTime = TimeSpan.FromMinutes(5));
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _rabbit.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Holds_nothing_that_the_cluster_needs_and_wakes_the_node_with_its_commit()
    {
        await InTransaction(async scheduler =>
        {
            await Schedule(scheduler, Guid.NewGuid(), "new");
            await AssertNobodyWaits();
        });

        (await _node.Received.Next()).Text.ShouldBe("new");
    }

    [Fact]
    public async Task Replaces_and_cancels_as_its_last_statements()
    {
        var (replaced, cancelled) = (Guid.NewGuid(), Guid.NewGuid());
        await InTransaction(async scheduler =>
        {
            await Schedule(scheduler, replaced, "before", inHours: 1);
            await Schedule(scheduler, cancelled, "cancelled", inHours: 1);
        });

        await InTransaction(async scheduler =>
        {
            await scheduler.CancelScheduledPublish<Pinged>(cancelled);
            await Schedule(scheduler, replaced, "after");
            await AssertNobodyWaits();
            (await Triggers()).ShouldBe(2);
        });

        (await _node.Received.Next()).Text.ShouldBe("after");
        await Eventually.Sees(Triggers, count => count == 0, "no trigger left");
    }

    [Fact]
    public async Task Keeps_the_order_of_a_cancel_and_what_follows_it()
    {
        var token = Guid.NewGuid();

        await InTransaction(async scheduler =>
        {
            await scheduler.CancelScheduledPublish<Pinged>(token);
            await Schedule(scheduler, token, "kept");
        });

        (await _node.Received.Next()).Text.ShouldBe("kept");
    }

    private Task InTransaction(Func<IMessageScheduler, Task> work) => _node.InScope(async scope =>
    {
        var db = scope.GetRequiredService<ReminderDb>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await work(scope.GetRequiredService<IMessageScheduler>());
        await transaction.CommitAsync();
    });

    private static Task Schedule(IMessageScheduler scheduler, Guid token, string text, int inHours = 0) => scheduler.SchedulePublish(
        TimeProvider.System.GetUtcNow().AddHours(inHours).UtcDateTime, new Pinged { Text = text },
        Pipe.Execute<SendContext<Pinged>>(context => context.ScheduledMessageId = token));

    /// <summary>The rows all nodes lock, taken by somebody else: a node in its own short step is waited for, a transaction that stays open is not.</summary>
    private async Task AssertNobodyWaits()
    {
        await using var connection = await _database.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM (SELECT 1 FROM qrtz_locks FOR UPDATE) AS rows", connection) { CommandTimeout = 5 };
        ((long)(await command.ExecuteScalarAsync())!).ShouldBeGreaterThan(0);
    }

    private Task<long> Triggers() => _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers");
}
