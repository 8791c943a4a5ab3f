using DevopsCd.Testing;
using MassTransit;
using MassTransit.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed class The_scheduler_on_PostgreSQL_and_RabbitMQ : IAsyncLifetime
{
    private PostgresDatabase _database = null!;
    private RabbitVirtualHost _rabbit = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        _rabbit = await RabbitVirtualHost.CreateAsync();
        await using var db = new ReminderDb(new DbContextOptionsBuilder<ReminderDb>().UseNpgsql(_database.ConnectionString).Options);
        await db.Database.EnsureCreatedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _rabbit.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Fires_once_and_not_early_whichever_node_stored_it()
    {
        await using var one = await Node();
        await using var two = await Node();
        var start = TimeProvider.System.GetUtcNow();

        var due = new Dictionary<string, DateTimeOffset>();
        for (var i = 0; i < 20; i++)
        {
            var text = $"message {i}";
            due[text] = start.AddSeconds(2 + i * 0.15);
            await InTransaction(i % 2 == 0 ? one : two, true, scheduler => scheduler.SchedulePublish(due[text].UtcDateTime, new Pinged { Text = text }));
        }

        var arrivals = new List<Received.Arrival>();
        await Eventually.IsTrue(() => one.Received.All.Count + two.Received.All.Count == 20, "20 messages");
        arrivals.AddRange(one.Received.All);
        arrivals.AddRange(two.Received.All);
        arrivals.Select(arrival => arrival.Text).ShouldBeUnique();
        var late = arrivals.Select(arrival => (arrival.At - due[arrival.Text]).TotalMilliseconds).Order().ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine($"late by ms: p50 {late[10]:0.0}, max {late[^1]:0.0}");
        late[0].ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Leaves_nothing_of_a_transaction_that_rolls_back()
    {
        await using var node = await Node();
        var due = TimeProvider.System.GetUtcNow().UtcDateTime;

        await InTransaction(node, false, scheduler => scheduler.SchedulePublish(due, new Pinged { Text = "rolled back" }));
        (await _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers")).ShouldBe(0);
        await InTransaction(node, true, scheduler => scheduler.SchedulePublish(due, new Pinged { Text = "committed" }));

        (await node.Received.Next()).Text.ShouldBe("committed");
        (await _database.QueryAsync<string>("""SELECT "Text" FROM "Notes" """)).ShouldBe(["committed"]);
        await Eventually.Sees(() => _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers"), count => count == 0, "no trigger left");
    }

    [Fact]
    public async Task Takes_a_cancel_back_with_its_transaction()
    {
        await using var node = await Node();
        var due = TimeProvider.System.GetUtcNow().AddSeconds(2).UtcDateTime;

        Guid kept = default, dropped = default;
        await node.InScope(async scope =>
        {
            var scheduler = scope.GetRequiredService<IMessageScheduler>();
            kept = (await scheduler.SchedulePublish(due, new Pinged { Text = "kept" })).TokenId;
            dropped = (await scheduler.SchedulePublish(due.AddHours(1), new Pinged { Text = "dropped" })).TokenId;
        });
        await InTransaction(node, false, scheduler => scheduler.CancelScheduledPublish<Pinged>(kept));
        await InTransaction(node, true, scheduler => scheduler.CancelScheduledPublish<Pinged>(dropped));

        (await node.Received.Next()).Text.ShouldBe("kept");
        await InTransaction(node, true, scheduler => scheduler.CancelScheduledPublish<Pinged>(kept));
        (await _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers")).ShouldBe(0);
    }

    [Fact]
    public async Task Sends_what_came_due_while_everything_was_down_as_soon_as_it_is_up()
    {
        await using (var node = await Node(autoStart: false))
        {
            var due = TimeProvider.System.GetUtcNow().AddMinutes(-30);
            for (var i = 0; i < 50; i++)
                await InTransaction(node, true, scheduler => scheduler.SchedulePublish(due.AddSeconds(i).UtcDateTime, new Pinged { Text = $"missed {i}" }));
        }

        var up = TimeProvider.System.GetUtcNow();
        await using var again = await Node();
        await Eventually.IsTrue(() => again.Received.All.Count >= 50, "50 missed messages");

        again.Received.All.Select(arrival => arrival.Text).ShouldBeUnique();
        var all = again.Received.All.Max(arrival => arrival.At) - up;
        TestContext.Current.TestOutputHelper?.WriteLine($"50 missed messages sent {all.TotalMilliseconds:0} ms after the start began");
    }

    [Fact]
    public async Task Makes_up_for_a_missed_recurrence_or_skips_it_as_its_schedule_says()
    {
        await using (var node = await Node(autoStart: false))
        {
            await node.InScope(async scope =>
            {
                var scheduler = scope.GetRequiredService<IRecurringMessageScheduler>();
                await scheduler.ScheduleRecurringPublish(new Yearly(MissedEventPolicy.Skip), new Pinged { Text = "skipped" });
                await scheduler.ScheduleRecurringPublish(new Yearly(MissedEventPolicy.Send), new Pinged { Text = "made up for" });
            });
        }

        // The year turned an hour ago, while everything was down.
        var now = TimeProvider.System.GetUtcNow();
        (await _database.ExecuteAsync($"UPDATE qrtz_triggers SET next_fire_time = {now.AddHours(-1).UtcTicks}")).ShouldBe(2);
        await using var again = await Node();

        (await again.Received.Next()).Text.ShouldBe("made up for");
        await Eventually.Sees(() => _database.ScalarAsync<long>($"SELECT count(*) FROM qrtz_triggers WHERE next_fire_time > {now.UtcTicks}"),
            waiting => waiting == 2, "both wait for the next year");
        again.Received.All.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Goes_on_when_the_node_that_was_sending_is_killed()
    {
        await using var relay = TcpRelay.To(_rabbit);
        using var victim = await NodeProcess.Start("scheduler", _database.ConnectionString, _rabbit.Through(relay).ToString());
        await using var survivor = await Node(autoStart: false);

        // What the victim is sending gets no answer any more, so it holds these messages when it dies.
        relay.Swallow();
        var due = TimeProvider.System.GetUtcNow().AddMilliseconds(300);
        for (var i = 0; i < 8; i++)
            await InTransaction(survivor, true, scheduler => scheduler.SchedulePublish(due.UtcDateTime, new Pinged { Text = $"held {i}" }));
        await Eventually.Sees(
            () => _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_fired_triggers WHERE state = 'EXECUTING'"), count => count == 8,
                "8 messages being sent");
        await (await survivor.Services.GetRequiredService<ISchedulerFactory>().GetScheduler()).Start();
        await victim.Kill();
        var killed = TimeProvider.System.GetUtcNow();

        await Eventually.IsTrue(() => survivor.Received.All.Count >= 8, "8 messages of the dead node");
        var gap = survivor.Received.All.Max(arrival => arrival.At) - killed;
        TestContext.Current.TestOutputHelper?.WriteLine($"failover: 8 messages held by the killed node arrived {gap.TotalMilliseconds:0} ms after the kill");
        survivor.Received.All.Select(arrival => arrival.Text).ShouldBeUnique();
        await Eventually.Sees(() => _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers"), count => count == 0, "no trigger left");
    }

    [Fact]
    public async Task Keeps_what_it_cannot_send_until_the_broker_is_back()
    {
        await using var relay = TcpRelay.To(_rabbit);
        await using var node = await Node(rabbit: _rabbit.Through(relay), options: options => options.SendTimeout = TimeSpan.FromSeconds(5));
        await InTransaction(node, true, scheduler => scheduler.SchedulePublish(TimeProvider.System.GetUtcNow().UtcDateTime, new Pinged { Text = "before" }));
        (await node.Received.Next()).Text.ShouldBe("before");
        await Eventually.Sees(() => _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers"), count => count == 0,
            "the first message's trigger ended");

        relay.Cut();
        await InTransaction(node, true, scheduler => scheduler.SchedulePublish(TimeProvider.System.GetUtcNow().UtcDateTime, new Pinged { Text = "kept" }));
        await Eventually.Sees(
            () => _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers WHERE retry_attempt > 0"), count => count == 1, "a retry in the store");
        relay.Restore();

        // The cut may come before the broker has the acknowledgement of "before", which it then delivers again.
        await Eventually.IsTrue(() => node.Received.All.Any(arrival => arrival.Text == "kept"), "what was kept", TimeSpan.FromSeconds(60));
        await Eventually.Sees(() => _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers"), count => count == 0, "no trigger left");
        node.Received.All.Count(arrival => arrival.Text == "kept").ShouldBe(1);
    }

    [Fact]
    public async Task Runs_a_job_added_by_another_call_once_in_the_cluster()
    {
        var runs = new JobRuns();
        await using var one = await Node(services: services => AddCountingJob(services, runs));
        await using var two = await Node(services: services => AddCountingJob(services, runs));

        await Eventually.IsTrue(() => runs.FireTimes.Count >= 4, "four firings");
        runs.FireTimes.ShouldBeUnique();
    }

    [Fact]
    public async Task Takes_schedule_commands_from_its_queue()
    {
        await using var node = await SchedulerHost.OnServers(
            _database.ConnectionString, _rabbit.Uri,
            bus: x =>
            {
                x.AddQuartzConsumers();
                x.AddConsumer<PostponeConsumer>();
            },
            factory: (_, cfg) => cfg.UseMessageScheduler(new Uri("queue:quartz")));
        var conversation = NewId.NextGuid();
        await node.Bus.Publish(new Postpone { Text = "by queue" }, context =>
        {
            context.ConversationId = conversation;
            context.Headers.Set("tenant", "blue");
        });

        var arrival = await node.Received.Next();
        arrival.Text.ShouldBe("by queue");
        arrival.ConversationId.ShouldBe(conversation);
        arrival.Headers["tenant"].ToString().ShouldBe("blue");
        arrival.Headers["chosen"].ToString().ShouldBe("yes");
    }

    [Fact]
    public async Task Schedules_with_the_saga_row_or_not_at_all()
    {
        await using var node = await Node();
        var failing = NewId.NextGuid();
        var waiting = NewId.NextGuid();

        await node.Bus.Publish(new SetReminder { CorrelationId = failing, Delay = TimeSpan.FromMinutes(1), Fail = true });
        await Eventually.Sees(() => _rabbit.ReadyAsync("Reminder_error"), count => count == 1, "the failed message");
        (await _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers")).ShouldBe(0);

        await node.Bus.Publish(new SetReminder { CorrelationId = waiting, Delay = TimeSpan.FromMinutes(1) });
        (await node.Received.Next()).Text.ShouldBe("set");
        (await _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers")).ShouldBe(1);
        await node.Bus.Publish(new SetReminder { CorrelationId = waiting, Delay = TimeSpan.FromSeconds(1) });
        (await node.Received.Next()).Text.ShouldBe("rang 1");
        await node.Bus.Publish(new StopReminder { CorrelationId = waiting });
        (await node.Received.Next()).Text.ShouldBe("stopped");
        await Eventually.Sees(() => _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers"), count => count == 0, "no trigger left");
    }

    [Fact]
    public async Task Sends_what_a_saga_on_the_mediator_scheduled_through_the_bus()
    {
        await using var node = await Node();
        var reminder = NewId.NextGuid();
        var mediator = node.Services.GetRequiredService<MassTransit.Mediator.IMediator>();

        await Should.ThrowAsync<EventExecutionException>(
            mediator.Send(new SetReminder { CorrelationId = NewId.NextGuid(), Delay = TimeSpan.Zero, Fail = true }));
        (await _database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers")).ShouldBe(0);
        await mediator.Send(new SetReminder { CorrelationId = reminder, Delay = TimeSpan.FromMilliseconds(300) });

        // What the machine published by its own context stayed inside the mediator; the alarm came over the bus.
        (await node.Received.Next()).Text.ShouldBe("rang 1");
    }

    private static void AddCountingJob(IServiceCollection services, JobRuns runs)
    {
        services.AddSingleton(runs);
        services.AddQuartz(quartz => quartz.ScheduleJob<CountingJob>(
            trigger => trigger.WithIdentity("counting")
                .WithSchedule(SimpleScheduleBuilder.Create().WithInterval(TimeSpan.FromMilliseconds(500)).RepeatForever()),
            job => job.WithIdentity("counting")));
    }

    private Task<SchedulerHost> Node(
        bool autoStart = true,
        Uri? rabbit = null,
        Action<QuartzMessageSchedulerOptions>? options = null,
        Action<IServiceCollection>? services = null) =>
        SchedulerHost.OnServers(_database.ConnectionString, rabbit ?? _rabbit.Uri, options, added =>
        {
            services?.Invoke(added);
            if (!autoStart)
                added.AddQuartzHostedService(host => host.AutoStart = false);
        });

    private static Task InTransaction(SchedulerHost node, bool commit, Func<IMessageScheduler, Task> work) => node.InScope(async scope =>
    {
        var db = scope.GetRequiredService<ReminderDb>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Notes.Add(new Note { Text = commit ? "committed" : "rolled back" });
        await db.SaveChangesAsync();
        await work(scope.GetRequiredService<IMessageScheduler>());
        if (commit)
            await transaction.CommitAsync();
        else
            await transaction.RollbackAsync();
    });
}
