using MassTransit.Transports;

namespace MassTransit.QuartzIntegration;

/// <summary>
/// Prepares a message that will be sent later: headers of the message being consumed go over now, and the schedule's token is
/// there before the caller's own pipe runs, which may replace it.
/// </summary>
internal sealed class ScheduledSendPipe<T>(IPipe<SendContext<T>> inner, ConsumeContext? consumed, Guid token) : SendContextPipeAdapter<T>(inner)
    where T : class
{
    internal Guid Token => token;

    internal Guid? GeneratedMessageId { get; private set; }

    protected override void Send<TMessage>(SendContext<TMessage> context)
    {
        if (consumed is not null)
            context.TransferConsumeContextHeaders(consumed);
    }

    protected override void Send(SendContext<T> context)
    {
        GeneratedMessageId = context.MessageId;
        context.ConversationId ??= NewId.NextGuid();
        context.ScheduledMessageId = token;
    }
}
