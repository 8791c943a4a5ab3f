using MassTransit.Context;
using MassTransit.Scheduling;
using Quartz;

namespace MassTransit.QuartzIntegration;

/// <summary>Schedules what was sent to the scheduler's queue.</summary>
internal sealed class ScheduleMessageConsumer(ScheduleStore store) : IConsumer<ScheduleMessage>, IConsumer<ScheduleRecurringMessage>
{
    public Task Consume(ConsumeContext<ScheduleMessage> context)
    {
        var message = context.Message;
        var time = ScheduledTimes.Of(message.ScheduledTime);
        var data = Describe(context, message.Destination, message.Payload, message.PayloadType);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.TokenId, message.CorrelationId);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.MessageId, context.MessageId ?? DeterministicMessageId.For(message.CorrelationId, time));
        return store.ScheduleAsync(message.CorrelationId, time, data, null, context.CancellationToken);
    }

    public Task Consume(ConsumeContext<ScheduleRecurringMessage> context)
    {
        var message = context.Message;
        var data = Describe(context, message.Destination, message.Payload, message.PayloadType);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.TokenId, message.CorrelationId);
        return store.ScheduleRecurringAsync(message.Schedule, data, null, context.CancellationToken);
    }

    private static JobDataMap Describe<T>(ConsumeContext<T> context, Uri destination, object payload, string[] payloadType)
        where T : class
    {
        var serializer = context.SerializerContext.GetMessageSerializer(payload, payloadType);
        var data = new JobDataMap
        {
            [ScheduledMessageData.Body] = serializer.GetMessageBody(new MessageSendContext<T>(context.Message)).GetString(),
            [ScheduledMessageData.ContentType] = serializer.ContentType.ToString(),
            [ScheduledMessageData.Destination] = destination.ToString(),
            [ScheduledMessageData.MessageType] = string.Join(';', payloadType),
        };
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.RequestId, context.RequestId);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.CorrelationId, context.CorrelationId);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.ConversationId, context.ConversationId);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.InitiatorId, context.InitiatorId);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.SourceAddress, context.SourceAddress);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.ResponseAddress, context.ResponseAddress);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.FaultAddress, context.FaultAddress);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.TimeToLive, context.ExpirationTime - context.SentTime);
        ScheduledMessageBuilder.Put(data, ScheduledMessageData.Headers, context.Headers.GetAll());

        // The command's priority and routing key are meant for the message it carries.
        if (context.ReceiveContext.TryGetPayload<TransportReceiveContext>(out var transport) && transport.GetTransportProperties() is { } properties)
            ScheduledMessageBuilder.Put(data, ScheduledMessageData.Properties, properties);
        return data;
    }
}
