using System.Net.Mime;
using DevopsCd.Core.CdEvents;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using MassTransit;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>
/// CDEvents to the broker: each event, as a structured CloudEvent, to the topic exchange <c>devopscd.cdevents</c> with its type
/// as routing key. Notices that map to no CDEvent are done without a message.
/// </summary>
internal sealed class CdEventsChannel(
    ChannelSettings settings, IBus bus, CloudEvents events, CdEventFacts facts, NotificationOptions options, TimeProvider clock)
        : INotificationChannel
{
    public const string Exchange = "devopscd.cdevents";
    private static readonly Uri s_address = new($"exchange:{Exchange}?type=topic");

    public string Name => settings.Name;

    public RateLimit Limit => RateLimit.None;

    public string? Address => null;

    public async Task<ChannelAnswer> SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.SendTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var envelopes = events.CdEvents(await facts.CompleteAsync(message, both.Token));
            if (envelopes.Count == 0)
                return ChannelAnswer.Ok("nothing to send for this notice");
            // The bus itself, not the scope's outbox: the row is the outbox here.
            var exchange = await bus.GetSendEndpoint(s_address).WaitAsync(both.Token);
            foreach (var envelope in envelopes)
                await exchange.Send(envelope, Shape, both.Token).WaitAsync(both.Token);
            return ChannelAnswer.Ok($"{envelopes.Count} events to {Exchange}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ChannelAnswer.Retry($"The broker did not take the events within {options.SendTimeout}");
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The broker's address may stand in the text.
            return ChannelAnswer.Retry($"The events could not be sent: {fault.GetType().Name}");
        }
    }

    private static void Shape(SendContext<CloudEvent> send)
    {
        // Same event, same id: who keeps ids sees a repetition.
        send.MessageId = new Guid(send.Message.Id);
        send.Serializer = new RawCloudEventSerializer();
        send.TrySetRoutingKey(send.Message.Type);
    }

    /// <summary>The event itself as the body; nobody outside knows MassTransit's envelope.</summary>
    private sealed class RawCloudEventSerializer : IMessageSerializer
    {
        public ContentType ContentType { get; } = new("application/cloudevents+json");

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new BytesMessageBody(NoticeJson.Bytes(context.Message));
    }
}
