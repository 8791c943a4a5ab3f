using System.Globalization;
using System.Text.Json;
using MassTransit.Context;
using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.Serialization;
using MassTransit.Transports;
using Quartz;

namespace MassTransit.QuartzIntegration;

/// <summary>
/// Builds a message that will be sent later: now, with the topology, headers and serializer the bus would use, and described
/// as strings for the job store.
/// </summary>
internal sealed class ScheduledMessageBuilder(IBus bus)
{
    // A scheduled message leaves from the bus, so an address that only means something inside a mediator would go nowhere:
    // there the machine hears its own timeout from wherever the message type is published to.
    private const string MediatorPath = "/mediator";

    internal IBusTopology Topology => bus.Topology;

    internal async Task<SendContext<T>> BuildAsync<T>(Uri destination, T message, ScheduledSendPipe<T> pipe, CancellationToken cancellationToken)
        where T : class
    {
        if (!MessageTypeCache<T>.IsValidMessageType)
            throw new ArgumentException(MessageTypeCache<T>.InvalidMessageTypeReason, nameof(message));

        var endpoint = await bus.GetSendEndpoint(Route<T>(destination)).ConfigureAwait(false);
        return endpoint is ITransportSendEndpoint transport
            ? await transport.CreateSendContext(message, pipe, cancellationToken).ConfigureAwait(false)
            : throw new NotSupportedException($"The bus has no transport for {destination}");
    }

    internal static JobDataMap Describe<T>(SendContext<T> context, Guid? messageId, Guid? token)
        where T : class
    {
        context.MessageId = messageId ?? context.MessageId;
        // What is sent again and again belongs to no trace of the time it was set up in.
        if (token is not null)
            StoredTrace.Keep(context.Headers);
        var data = new JobDataMap
        {
            [ScheduledMessageData.Body] = context.Serializer.GetMessageBody(context).GetString(),
            [ScheduledMessageData.ContentType] = context.Serializer.ContentType.ToString(),
            [ScheduledMessageData.Destination] = context.DestinationAddress!.ToString(),
            [ScheduledMessageData.MessageType] = string.Join(';', context.SupportedMessageTypes),
        };
        Put(data, ScheduledMessageData.MessageId, messageId);
        Put(data, ScheduledMessageData.TokenId, token);
        Put(data, ScheduledMessageData.RequestId, context.RequestId);
        Put(data, ScheduledMessageData.CorrelationId, context.CorrelationId);
        Put(data, ScheduledMessageData.ConversationId, context.ConversationId);
        Put(data, ScheduledMessageData.InitiatorId, context.InitiatorId);
        Put(data, ScheduledMessageData.SourceAddress, context.SourceAddress);
        Put(data, ScheduledMessageData.ResponseAddress, context.ResponseAddress);
        Put(data, ScheduledMessageData.FaultAddress, context.FaultAddress);
        Put(data, ScheduledMessageData.TimeToLive, context.TimeToLive);
        Put(data, ScheduledMessageData.Headers, context.Headers.GetAll());

        if (context is TransportSendContext transport)
        {
            var properties = new Dictionary<string, object>();
            transport.WritePropertiesTo(properties);
            Put(data, ScheduledMessageData.Properties, properties);
        }

        return data;
    }

    internal static void Put(JobDataMap data, string name, Guid? value)
    {
        if (value is { } id)
            data[name] = id.ToString("D");
    }

    internal static void Put(JobDataMap data, string name, Uri? value)
    {
        if (value is not null)
            data[name] = value.ToString();
    }

    internal static void Put(JobDataMap data, string name, TimeSpan? value)
    {
        if (value is { } span)
            data[name] = span.ToString("c", CultureInfo.InvariantCulture);
    }

    internal static void Put(JobDataMap data, string name, IEnumerable<KeyValuePair<string, object>> values)
    {
        var dictionary = new Dictionary<string, object>(values);
        if (dictionary.Count > 0)
            data[name] = JsonSerializer.Serialize(dictionary, SystemTextJsonMessageSerializer.Options);
    }

    private Uri Route<T>(Uri destination)
        where T : class =>
        destination is { IsAbsoluteUri: true, Scheme: "loopback", AbsolutePath: MediatorPath } && bus.Topology.TryGetPublishAddress<T>(out var published)
            ? published
            : destination;
}
