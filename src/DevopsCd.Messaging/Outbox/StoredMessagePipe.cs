using System.Collections.Concurrent;
using System.Net.Mime;
using MassTransit.Context;
using MassTransit.Serialization;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Makes a send out of a row again. The body goes out byte for byte as it was written: it is neither parsed nor serialized a second time.</summary>
internal sealed class StoredMessagePipe : IPipe<SendContext>
{
    private static readonly Dictionary<string, object> s_none = [];

    // There are as many as there are serializers; parsing one costs more than sending the message.
    private static readonly ConcurrentDictionary<string, ContentType> s_contentTypes = [];

    private readonly OutboxMessage _message;
    private readonly DateTime _now;
    private readonly IReadOnlyDictionary<string, object> _headers;
    private readonly IReadOnlyDictionary<string, object> _properties;
    private readonly ContentType _contentType;

    /// <summary>Reads the row; throws when it cannot be read.</summary>
    public StoredMessagePipe(OutboxMessage message, DateTime now)
    {
        _message = message;
        _now = now;
        _headers = message.HeaderValues ?? Parse(message.Headers);
        _properties = message.PropertyValues ?? Parse(message.Properties);
        _contentType = s_contentTypes.GetOrAdd(message.ContentType, static name => new ContentType(name));
    }

    /// <summary>The headers as its sender has set them.</summary>
    public IReadOnlyDictionary<string, object> Headers => _headers;

    public Task Send(SendContext context)
    {
        context.MessageId = _message.MessageId;
        context.ConversationId = _message.ConversationId;
        context.CorrelationId = _message.CorrelationId;
        context.InitiatorId = _message.InitiatorId;
        context.RequestId = _message.RequestId;
        context.SourceAddress = _message.SourceAddress;
        context.ResponseAddress = _message.ResponseAddress;
        context.FaultAddress = _message.FaultAddress;
        context.SupportedMessageTypes = _message.MessageType.Split(';', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (name, value) in _headers)
            context.Headers.Set(name, value);

        if (context is TransportSendContext transport)
            transport.ReadPropertiesFrom(_properties);

        context.Delay = _message.EnqueueTime - _now is { } delay && delay > TimeSpan.Zero ? delay : null;
        if (_message.ExpirationTime is { } expiration)
            context.TimeToLive = expiration - _now;
        context.Serializer = new StoredBodySerializer(_contentType, Body(context));
        return Task.CompletedTask;
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("storedMessage");

    // A row holds text, and only its serializer knows which bytes that stands for.
    private MessageBody Body(SendContext context) =>
        _message.BodyValue ?? context.Serialization.GetMessageDeserializer(_contentType).GetMessageBody(_message.Body);

    private static Dictionary<string, object> Parse(string? json) =>
        json is null ? s_none : SystemTextJsonMessageSerializer.Instance.DeserializeDictionary<object>(json) ?? s_none;

    private sealed class StoredBodySerializer(ContentType contentType, MessageBody body) : IMessageSerializer
    {
        public ContentType ContentType => contentType;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => body;
    }
}
