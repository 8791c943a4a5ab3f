using MassTransit.Scheduling;

namespace MassTransit.QuartzIntegration;

/// <summary>Pauses a recurring message.</summary>
internal sealed class PauseScheduledMessageConsumer(ScheduleStore store) : IConsumer<PauseScheduledRecurringMessage>
{
    public Task Consume(ConsumeContext<PauseScheduledRecurringMessage> context) =>
        store.PauseRecurringAsync(context.Message.ScheduleId, context.Message.ScheduleGroup, null, context.CancellationToken);
}
