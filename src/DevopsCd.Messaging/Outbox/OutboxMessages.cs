using MassTransit.Context;
using MassTransit.Serialization;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Turns a send into a row, with the message serialized as it will leave.</summary>
internal static class OutboxMessages
{
    public static OutboxMessage Create<T>(SendContext<T> context, DateTime now)
        where T : class
    {
        var serializer = SystemTextJsonMessageSerializer.Instance;

        // First, because a serializer without an envelope puts what an envelope says into the headers.
        var body = context.Serializer.GetMessageBody(context);
        var headers = context.Headers.GetAll().ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase);
        var properties = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        (context as TransportSendContext)?.WritePropertiesTo(properties);

        return new OutboxMessage
        {
            MessageId = context.MessageId ?? throw new MessageException(typeof(T), "A message in the outbox needs a MessageId"),
            ConversationId = context.ConversationId,
            CorrelationId = context.CorrelationId,
            InitiatorId = context.InitiatorId,
            RequestId = context.RequestId,
            SourceAddress = context.SourceAddress,
            DestinationAddress = context.DestinationAddress,
            ResponseAddress = context.ResponseAddress,
            FaultAddress = context.FaultAddress,
            ContentType = (context.ContentType ?? context.Serializer.ContentType).ToString(),
            MessageType = string.Join(';', context.SupportedMessageTypes ?? []),
            Headers = headers.Count == 0 ? null : serializer.SerializeDictionary(headers),
            Properties = properties.Count == 0 ? null : serializer.SerializeDictionary(properties),
            Body = body.GetString(),
            BodyValue = body,
            SentTime = context.SentTime ?? now,
            ExpirationTime = now + context.TimeToLive,
            EnqueueTime = now + context.Delay,
            HeaderValues = headers,
            PropertyValues = properties,
        };
    }
}
