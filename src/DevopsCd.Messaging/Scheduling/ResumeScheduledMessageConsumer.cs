using MassTransit.Scheduling;

namespace MassTransit.QuartzIntegration;

/// <summary>Resumes a paused recurring message.</summary>
internal sealed class ResumeScheduledMessageConsumer(ScheduleStore store) : IConsumer<ResumeScheduledRecurringMessage>
{
    public Task Consume(ConsumeContext<ResumeScheduledRecurringMessage> context) =>
        store.ResumeRecurringAsync(context.Message.ScheduleId, context.Message.ScheduleGroup, null, context.CancellationToken);
}
