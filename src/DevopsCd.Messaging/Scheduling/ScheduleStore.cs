using System.Data.Common;
using MassTransit.Scheduling;
using Microsoft.Extensions.Logging;
using Quartz;

namespace MassTransit.QuartzIntegration;

/// <summary>Writes schedules of messages to Quartz, inside a database transaction where one is given.</summary>
internal sealed class ScheduleStore(
    ISchedulerFactory schedulers,
    QuartzMessageSchedulerOptions options,
    ScheduleTransactionInterceptor transactions,
    TimeProvider clock,
    ILogger<ScheduleStore> log)
{
    private const string RecurringPrefix = "Recurring.Trigger.";

    internal static string ScheduleIdOf(TriggerKey key) =>
        key.Name.StartsWith(RecurringPrefix, StringComparison.Ordinal) ? key.Name[RecurringPrefix.Length..] : key.Name;

    internal Task Schedule(Guid token, DateTimeOffset time, JobDataMap message, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        // Misfires are ignored, which for a single firing means: however late, it is acquired like any other and sent at once.
        var trigger = TriggerBuilder.Create(clock)
            .ForJob(ScheduledMessageJob.Key)
            .WithIdentity(KeyOf(token))
            .WithSchedule(SimpleScheduleBuilder.Create().WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires))
            .StartAt(time)
            .UsingJobData(message)
            .Build();
        return Store(trigger, transaction, cancellationToken);
    }

    internal Task ScheduleRecurring(RecurringSchedule schedule, JobDataMap message, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var misfire = schedule.MisfirePolicy switch
        {
            MissedEventPolicy.Skip => CronTriggerMisfireInstruction.DoNothing,
            MissedEventPolicy.Send => CronTriggerMisfireInstruction.FireAndProceed,
            _ => CronTriggerMisfireInstruction.SmartPolicy,
        };
        var zone = string.IsNullOrWhiteSpace(schedule.TimeZoneId) ? TimeZoneInfo.Local : TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZoneId);
        var trigger = TriggerBuilder.Create(clock)
            .ForJob(ScheduledMessageJob.Key)
            .WithIdentity(KeyOf(schedule.ScheduleId, schedule.ScheduleGroup))
            .WithDescription(schedule.Description)
            .WithSchedule(CronScheduleBuilder.Create(schedule.CronExpression).InTimeZone(zone).WithMisfireInstruction(misfire))
            .StartAt(schedule.StartTime)
            .EndAt(schedule.EndTime)
            .UsingJobData(message)
            .Build();
        return Store(trigger, transaction, cancellationToken);
    }

    internal Task Cancel(Guid token, DbTransaction? transaction, CancellationToken cancellationToken) =>
        Remove(KeyOf(token), transaction, cancellationToken);

    internal Task CancelRecurring(string id, string? group, DbTransaction? transaction, CancellationToken cancellationToken) =>
        Remove(KeyOf(id, group), transaction, cancellationToken);

    internal Task PauseRecurring(string id, string? group, DbTransaction? transaction, CancellationToken cancellationToken) =>
        Run(transaction, async scheduler => await scheduler.PauseTrigger(KeyOf(id, group), cancellationToken).ConfigureAwait(false), cancellationToken);

    internal Task ResumeRecurring(string id, string? group, DbTransaction? transaction, CancellationToken cancellationToken) =>
        Run(transaction, async scheduler => await scheduler.ResumeTrigger(KeyOf(id, group), cancellationToken).ConfigureAwait(false), cancellationToken);

    private Task Store(ITrigger trigger, DbTransaction? transaction, CancellationToken cancellationToken) =>
        Run(transaction, async scheduler =>
        {
            await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken).ConfigureAwait(false);
            log.Scheduled(trigger.Key, Text(trigger, ScheduledMessageData.MessageType), Text(trigger, ScheduledMessageData.Destination), trigger.StartTimeUtc);
        }, cancellationToken);

    private Task Remove(TriggerKey key, DbTransaction? transaction, CancellationToken cancellationToken) =>
        Run(transaction, async scheduler =>
        {
            var found = await scheduler.UnscheduleJob(key, cancellationToken).ConfigureAwait(false);
            log.Cancelled(key, found ? "waiting" : "not there");
        }, cancellationToken);

    private async Task Run(DbTransaction? transaction, Func<IScheduler, Task> work, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        if (transaction is null)
        {
            await work(scheduler).ConfigureAwait(false);
            return;
        }

        if (!options.IsPersistent)
        {
            transactions.OnCommitted(transaction, () => work(scheduler));
            return;
        }

        var enlistment = scheduler.EnlistTransaction(transaction);
        try
        {
            await work(scheduler).ConfigureAwait(false);
        }
        catch
        {
            enlistment.Dispose();
            throw;
        }

        // Ending the enlistment wakes this node's scheduler, which must not look before the row is visible. Where the commit goes
        // past EF Core nobody is told, and the next idle look finds the trigger.
        transactions.OnCommitted(transaction, () =>
        {
            enlistment.Dispose();
            return Task.CompletedTask;
        });
    }

    private static TriggerKey KeyOf(Guid token) => new(token.ToString("N"));

    private static TriggerKey KeyOf(string scheduleId, string? scheduleGroup)
    {
        var name = scheduleId.StartsWith(RecurringPrefix, StringComparison.Ordinal) ? scheduleId : RecurringPrefix + scheduleId;
        return string.IsNullOrWhiteSpace(scheduleGroup) ? new TriggerKey(name) : new TriggerKey(name, scheduleGroup);
    }

    private static string Text(ITrigger trigger, string name) => trigger.JobDataMap[name] as string ?? "";
}
