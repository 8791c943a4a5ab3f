using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;
using Quartz.Extensibility;

namespace MassTransit.QuartzIntegration;

/// <summary>
/// Writes schedules of messages to Quartz, inside a database transaction where one is given. A new trigger is a row that nobody else can see
/// yet and takes no lock; whatever changes a trigger that may be there takes the cluster's one lock, and therefore comes last before the commit.
/// </summary>
internal sealed class ScheduleStore(
    ISchedulerFactory schedulers,
    IServiceProvider services,
    QuartzMessageSchedulerOptions options,
    TimeProvider clock,
    ILogger<ScheduleStore> log)
{
    private const string RecurringPrefix = "Recurring.Trigger.";

    internal static string ScheduleIdOf(TriggerKey key) =>
        key.Name.StartsWith(RecurringPrefix, StringComparison.Ordinal) ? key.Name[RecurringPrefix.Length..] : key.Name;

    internal Task ScheduleAsync(Guid token, DateTimeOffset time, JobDataMap message, DbContext? within, CancellationToken cancellationToken)
    {
        // Misfires are ignored, which for a single firing means: however late, it is acquired like any other and sent at once.
        var trigger = TriggerBuilder.Create(clock)
            .ForJob(ScheduledMessageJob.Key)
            .WithIdentity(KeyOf(token))
            .WithSchedule(SimpleScheduleBuilder.Create().WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires))
            .StartAt(time)
            .UsingJobData(message)
            .Build();
        return StoreAsync(trigger, within, cancellationToken);
    }

    internal Task ScheduleRecurringAsync(RecurringSchedule schedule, JobDataMap message, DbContext? within, CancellationToken cancellationToken)
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
        return StoreAsync(trigger, within, cancellationToken);
    }

    internal Task CancelAsync(Guid token, DbContext? within, CancellationToken cancellationToken) =>
        RemoveAsync(KeyOf(token), within, cancellationToken);

    internal Task CancelRecurringAsync(string id, string? group, DbContext? within, CancellationToken cancellationToken) =>
        RemoveAsync(KeyOf(id, group), within, cancellationToken);

    internal Task PauseRecurringAsync(string id, string? group, DbContext? within, CancellationToken cancellationToken) =>
        ChangeAsync(within, async scheduler => await scheduler.PauseTrigger(KeyOf(id, group), cancellationToken).ConfigureAwait(false), cancellationToken);

    internal Task ResumeRecurringAsync(string id, string? group, DbContext? within, CancellationToken cancellationToken) =>
        ChangeAsync(within, async scheduler => await scheduler.ResumeTrigger(KeyOf(id, group), cancellationToken).ConfigureAwait(false), cancellationToken);

    private async Task StoreAsync(ITrigger trigger, DbContext? within, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        var isNew = options.IsPersistent && !(within is not null && ContextState.Of(within).IsDeferring(within))
            && await TryAddAsync(scheduler, trigger, within, cancellationToken).ConfigureAwait(false);
        if (!isNew)
            await RunAsync(within, scheduler, () => scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken).AsTask())
                .ConfigureAwait(false);
        log.Scheduled(trigger.Key, Text(trigger, ScheduledMessageData.MessageType), Text(trigger, ScheduledMessageData.Destination), trigger.StartTimeUtc);
    }

    private async Task RemoveAsync(TriggerKey key, DbContext? within, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        await RunAsync(within, scheduler, async () =>
        {
            var found = await scheduler.UnscheduleJob(key, cancellationToken).ConfigureAwait(false);
            log.Cancelled(key, found ? "waiting" : "not there");
        }).ConfigureAwait(false);
    }

    private async Task ChangeAsync(DbContext? within, Func<IScheduler, Task> work, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken).ConfigureAwait(false);
        await RunAsync(within, scheduler, () => work(scheduler)).ConfigureAwait(false);
    }

    /// <summary>Adds a trigger whose key nobody has used, without a lock; false when there is one.</summary>
    private async Task<bool> TryAddAsync(IScheduler scheduler, ITrigger trigger, DbContext? within, CancellationToken cancellationToken)
    {
        try
        {
            using (within is null ? null : Enlist(scheduler, within))
                await scheduler.ScheduleTrigger(trigger, TriggerConflict.Throw, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectAlreadyExistsException)
        {
            return false;
        }

        // This node's scheduler looked before the row could be seen. Where the commit goes past EF Core nobody is told, and the next idle look
        // finds the trigger.
        if (within is not null)
            within.AfterCommit(() =>
                services.GetRequiredService<ISchedulerSignaler>().SignalSchedulingChange(trigger.StartTimeUtc, CancellationToken.None).AsTask());
        return true;
    }

    private async Task RunAsync(DbContext? within, IScheduler scheduler, Func<Task> work)
    {
        if (within is null)
            await work().ConfigureAwait(false);
        else if (!options.IsPersistent)
            within.AfterCommit(work);
        else
            ContextState.Of(within).Defer(within, () => EnlistedAsync(within, scheduler, work));
    }

    private static async Task EnlistedAsync(DbContext within, IScheduler scheduler, Func<Task> work)
    {
        var enlistment = Enlist(scheduler, within);
        try
        {
            await work().ConfigureAwait(false);
        }
        catch
        {
            enlistment.Dispose();
            throw;
        }

        // Ending the enlistment wakes this node's scheduler, which must not look before the commit.
        Action end = enlistment.Dispose;
        ContextState.Of(within).Add(within, end, () =>
        {
            end();
            return Task.CompletedTask;
        }, end);
    }

    private static IDisposable Enlist(IScheduler scheduler, DbContext within) =>
        scheduler.EnlistTransaction(within.Database.CurrentTransaction!.GetDbTransaction());

    private static TriggerKey KeyOf(Guid token) => new(token.ToString("N"));

    private static TriggerKey KeyOf(string scheduleId, string? scheduleGroup)
    {
        var name = scheduleId.StartsWith(RecurringPrefix, StringComparison.Ordinal) ? scheduleId : RecurringPrefix + scheduleId;
        return string.IsNullOrWhiteSpace(scheduleGroup) ? new TriggerKey(name) : new TriggerKey(name, scheduleGroup);
    }

    private static string Text(ITrigger trigger, string name) => trigger.JobDataMap[name] as string ?? "";
}
