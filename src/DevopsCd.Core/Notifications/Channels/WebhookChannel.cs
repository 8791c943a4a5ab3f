using System.Security.Cryptography;
using System.Text;
using DevopsCd.Core.CdEvents;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>
/// Any receiver of CloudEvents, signed as Standard Webhooks ask: <c>webhook-id</c>, <c>webhook-timestamp</c> and
/// <c>webhook-signature: v1,Base64(HMAC-SHA256(secret, "id.timestamp.body"))</c>.
/// </summary>
internal sealed class WebhookChannel(ChannelSettings settings, OutboundHttp http, TimeProvider clock, CloudEvents events, CdEventFacts facts)
    // CDEvents are never cut.
    : HttpChannel(settings, http, settings.Content == "cdevents" ? 0 : Longest)
{
    private const int Longest = 256 * 1024;
    private static readonly RateLimit s_limit = new(RateWindow.PerSecond(20));

    public override RateLimit Limit => s_limit;

    /// <summary>A secret written <c>whsec_…</c> is Base64; any other is taken as it is.</summary>
    public static string Sign(string id, long timestamp, ReadOnlySpan<byte> body, string secret)
    {
        var key = secret.StartsWith("whsec_", StringComparison.Ordinal) ? Convert.FromBase64String(secret[6..]) : Encoding.UTF8.GetBytes(secret);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

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
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds();
        var id = CloudEvent.IdOf(message.Notice.Key);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (Settings.Secret is { Length: > 0 } secret)
            request.Headers.Add("webhook-signature", Sign(id, timestamp, body, secret));
        return request;
    }

    protected override ChannelAnswer Read(HttpAnswer answer) => ChannelAnswer.Ok($"HTTP {(int)answer.Status}: {answer.Body}");
}
