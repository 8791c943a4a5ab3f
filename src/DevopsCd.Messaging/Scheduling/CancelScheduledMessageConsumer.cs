using MassTransit.Scheduling;

namespace MassTransit.QuartzIntegration;

/// <summary>Cancels what was scheduled; cancelling what fired or never was is no error.</summary>
internal sealed class CancelScheduledMessageConsumer(ScheduleStore store) : IConsumer<CancelScheduledMessage>, IConsumer<CancelScheduledRecurringMessage>
{
    public Task Consume(ConsumeContext<CancelScheduledMessage> context) =>
        store.CancelAsync(context.Message.TokenId, null, context.CancellationToken);

    public Task Consume(ConsumeContext<CancelScheduledRecurringMessage> context) =>
        store.CancelRecurringAsync(context.Message.ScheduleId, context.Message.ScheduleGroup, null, context.CancellationToken);
}
