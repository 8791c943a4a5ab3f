using System.Diagnostics;
using DevopsCd.Testing;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.Logging;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed class The_direct_scheduler_in_memory
{
    [Fact]
    public async Task Publishes_at_the_time_with_token_and_deterministic_id()
    {
        await using var host = await SchedulerHost.InMemory();
        var due = TimeProvider.System.GetUtcNow().AddMilliseconds(400);

        Guid token = default;
        await host.InScope(async scope =>
            token = (await scope.GetRequiredService<IMessageScheduler>().SchedulePublish(due.UtcDateTime, new Pinged { Text = "later" })).TokenId);
        var arrival = await host.Received.Next();

        arrival.Text.ShouldBe("later");
        arrival.At.ShouldBeGreaterThanOrEqualTo(due);
        arrival.MessageId.ShouldBe(MassTransit.QuartzIntegration.DeterministicMessageId.For(token, due));
        arrival.Headers[MessageHeaders.SchedulingTokenId].ToString().ShouldBe(token.ToString("D"));
    }

    [Fact]
    public async Task Publishes_in_the_trace_that_it_was_scheduled_in()
    {
        using var spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name is StoredTrace.SourceName or DiagnosticHeaders.DefaultListenerName or "Quartz",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded
        };
        ActivitySource.AddActivityListener(spans);
        await using var host = await SchedulerHost.InMemory();

        using var cause = new Activity("cause").Start();
        await host.InScope(scope => scope.GetRequiredService<IMessageScheduler>()
            .SchedulePublish(TimeProvider.System.GetUtcNow().UtcDateTime, new Pinged { Text = "later" }));
        var arrival = await host.Received.Next();

        ActivityContext.Parse(arrival.Headers[DiagnosticHeaders.ActivityId].ToString()!, null).TraceId.ShouldBe(cause.TraceId);
    }

    [Fact]
    public async Task Schedules_nothing_when_the_transaction_rolls_back_and_everything_when_it_commits()
    {
        await using var host = await SchedulerHost.InMemory();
        var due = TimeProvider.System.GetUtcNow().UtcDateTime;

        await host.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ReminderDb>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await scope.GetRequiredService<IMessageScheduler>().SchedulePublish(due, new Pinged { Text = "rolled back" });
            await transaction.RollbackAsync();
        });
        await host.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ReminderDb>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await scope.GetRequiredService<IMessageScheduler>().SchedulePublish(due, new Pinged { Text = "committed" });
            await transaction.CommitAsync();
        });

        (await host.Received.Next()).Text.ShouldBe("committed");
        host.Received.All.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Cancels_before_the_time_and_shrugs_at_what_fired_or_never_was()
    {
        await using var host = await SchedulerHost.InMemory();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;

        await host.InScope(async scope =>
        {
            var scheduler = scope.GetRequiredService<IMessageScheduler>();
            var cancelled = await scheduler.SchedulePublish(now.AddHours(1), new Pinged { Text = "cancelled" });
            (await IsWaiting(host, cancelled.TokenId)).ShouldBeTrue();
            await scheduler.CancelScheduledPublish<Pinged>(cancelled.TokenId);
            (await IsWaiting(host, cancelled.TokenId)).ShouldBeFalse();
            var fired = await scheduler.SchedulePublish(now, new Pinged { Text = "first" });
            (await host.Received.Next()).Text.ShouldBe("first");
            await scheduler.CancelScheduledPublish<Pinged>(fired.TokenId);
            await scheduler.CancelScheduledPublish<Pinged>(NewId.NextGuid());
            await scheduler.SchedulePublish(now.AddMilliseconds(900), new Pinged { Text = "last" });
        });

        (await host.Received.Next()).Text.ShouldBe("last");
    }

    [Fact]
    public async Task Lets_a_state_machine_schedule_reschedule_and_unschedule()
    {
        await using var host = await SchedulerHost.InMemory();
        var reminder = NewId.NextGuid();
        var quiet = NewId.NextGuid();

        await host.Bus.Publish(new SetReminder { CorrelationId = quiet, Delay = TimeSpan.FromMinutes(5) });
        (await host.Received.Next()).Text.ShouldBe("set");
        await host.Bus.Publish(new StopReminder { CorrelationId = quiet });
        (await host.Received.Next()).Text.ShouldBe("stopped");
        await host.Bus.Publish(new SetReminder { CorrelationId = reminder, Delay = TimeSpan.FromHours(1) });
        (await host.Received.Next()).Text.ShouldBe("set");
        await host.Bus.Publish(new SetReminder { CorrelationId = reminder, Delay = TimeSpan.FromMilliseconds(1200) });

        (await host.Received.Next()).Text.ShouldBe("rang 1");
        var quartz = await host.Services.GetRequiredService<Quartz.ISchedulerFactory>().GetScheduler();
        // The message is there before the job that sent it has ended.
        await Eventually.IsTrue(async () => (await quartz.QueryTriggers(new Quartz.TriggerQuery())).Items.Count == 0, "nothing is scheduled any more",
            TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Sends_what_a_saga_on_the_mediator_scheduled_through_the_bus()
    {
        await using var host = await SchedulerHost.InMemory();
        var mediator = host.Services.GetRequiredService<MassTransit.Mediator.IMediator>();

        await Should.ThrowAsync<EventExecutionException>(
            mediator.Send(new SetReminder { CorrelationId = NewId.NextGuid(), Delay = TimeSpan.Zero, Fail = true }));
        await mediator.Send(new SetReminder { CorrelationId = NewId.NextGuid(), Delay = TimeSpan.FromMilliseconds(300) });

        // What the machine published by its own context stayed inside the mediator; the alarm came over the bus.
        (await host.Received.Next()).Text.ShouldBe("rang 1");
    }

    [Fact]
    public async Task Hands_on_the_conversation_and_headers_of_the_message_that_asked()
    {
        await using var host = await SchedulerHost.InMemory(bus: x => x.AddConsumer<PostponeConsumer>());
        var conversation = NewId.NextGuid();

        await host.Bus.Publish(new Postpone { Text = "postponed" }, context =>
        {
            context.ConversationId = conversation;
            context.CorrelationId = conversation;
            context.Headers.Set("tenant", "blue");
        });
        var arrival = await host.Received.Next();

        arrival.ConversationId.ShouldBe(conversation);
        arrival.InitiatorId.ShouldBe(conversation);
        arrival.Headers["tenant"].ShouldBe("blue");
        arrival.Headers["chosen"].ShouldBe("yes");
        arrival.SourceAddress!.AbsolutePath.ShouldEndWith("Postpone");
    }

    [Fact]
    public async Task Repeats_until_paused_and_again_until_cancelled()
    {
        await using var host = await SchedulerHost.InMemory();

        await host.InScope(async scope =>
        {
            var scheduler = scope.GetRequiredService<IRecurringMessageScheduler>();
            await scheduler.ScheduleRecurringPublish(new EverySecond(), new Pinged { Text = "tick" });
            var first = await host.Received.Next();
            var second = await host.Received.Next();
            first.MessageId.ShouldNotBe(second.MessageId);
            first.Headers["MT-Quartz-ScheduleId"].ShouldBe("every-second");

            await scheduler.PauseScheduledRecurringSend("every-second", "tests");
            (await State(host)).ShouldBe(Quartz.TriggerState.Paused);

            await scheduler.ResumeScheduledRecurringSend("every-second", "tests");
            (await State(host)).ShouldNotBe(Quartz.TriggerState.Paused);
            (await host.Received.Next()).Text.ShouldBe("tick");
            await scheduler.CancelScheduledRecurringSend("every-second", "tests");
            await scheduler.CancelScheduledRecurringSend("never-was", "tests");
        });

        var scheduler = await host.Services.GetRequiredService<Quartz.ISchedulerFactory>().GetScheduler();
        (await scheduler.Exists(new Quartz.TriggerKey("Recurring.Trigger.every-second", "tests"))).ShouldBeFalse();
    }

    private static async Task<Quartz.TriggerState> State(SchedulerHost host)
    {
        var scheduler = await host.Services.GetRequiredService<Quartz.ISchedulerFactory>().GetScheduler();
        return await scheduler.GetTriggerState(new Quartz.TriggerKey("Recurring.Trigger.every-second", "tests"));
    }

    private static async Task<bool> IsWaiting(SchedulerHost host, Guid token)
    {
        var scheduler = await host.Services.GetRequiredService<Quartz.ISchedulerFactory>().GetScheduler();
        return await scheduler.Exists(new Quartz.TriggerKey(token.ToString("N")));
    }
}
