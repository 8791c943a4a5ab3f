using DevopsCd.Core.CdEvents;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>Any receiver of CloudEvents, signed as Standard Webhooks ask.</summary>
internal sealed class WebhookChannel(ChannelSettings settings, OutboundHttp http, TimeProvider clock, CloudEvents events, CdEventFacts facts)
    // CDEvents are never cut.
    : HttpChannel(settings, http, settings.Content == "cdevents" ? 0 : Longest)
{
    private const int Longest = 256 * 1024;
    private static readonly RateLimit s_limit = new(RateWindow.PerSecond(20));

    public override RateLimit Limit => s_limit;

    protected override async ValueTask<NoticeMessage> PrepareAsync(NoticeMessage message, CancellationToken cancellationToken) =>
        Settings.Content == "cdevents" ? await facts.CompleteAsync(message, cancellationToken) : message;

    protected override HttpRequestMessage? Request(NoticeMessage message, int longest)
    {
        var (body, mediaType) = Settings.Content == "cdevents"
            ? (events.Batch(message), "application/cloudevents-batch+json")
            : (events.Structured(message, longest), "application/cloudevents+json");
        if (body is null)
            return null;
        var request = Post(body, mediaType: mediaType);
        StandardWebhook.Sign(request, CloudEvent.IdOf(message.Notice.Key), clock.GetUtcNow(), body, Settings.Secret);
        return request;
    }

    protected override ChannelAnswer Read(HttpAnswer answer) => ChannelAnswer.Ok($"HTTP {(int)answer.Status}: {answer.Body}");
}
