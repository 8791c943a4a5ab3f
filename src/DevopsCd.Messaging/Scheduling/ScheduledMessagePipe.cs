using MassTransit.Middleware;
using Quartz;

namespace MassTransit.QuartzIntegration;

/// <summary>Turns the stored message into the one on the wire and says in its headers when and why it was sent.</summary>
internal sealed class ScheduledMessagePipe(ScheduledMessageContext message, IJobExecutionContext execution) : IPipe<SendContext>
{
    private readonly OutboxMessageSendPipe _stored = new(message, message.DestinationAddress);

    public async Task Send(SendContext context)
    {
        await _stored.Send(context).ConfigureAwait(false);

        var key = ScheduledMessageContext.OriginalKey(execution);
        context.Headers.Set(QuartzHeaders.Sent, execution.FireTimeUtc);
        context.Headers.Set(QuartzHeaders.Scheduled, execution.ScheduledFireTimeUtc);
        context.Headers.Set(QuartzHeaders.NextScheduled, execution.NextFireTimeUtc);
        context.Headers.Set(QuartzHeaders.PreviousSent, execution.PreviousFireTimeUtc);
        context.Headers.Set(QuartzHeaders.ScheduleId, ScheduleStore.ScheduleIdOf(key));
        context.Headers.Set(QuartzHeaders.ScheduleGroup, key.Group);
        if (message.TokenId is { } token)
            context.Headers.Set(MessageHeaders.SchedulingTokenId, token.ToString("D"));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("scheduledMessage");
}
