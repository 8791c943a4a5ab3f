using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>Custom robot of DingTalk: an action card with a button, or markdown when there is nothing to open.</summary>
internal sealed class DingTalkChannel(ChannelSettings settings, OutboundHttp http, TimeProvider clock) : HttpChannel(settings, http, Longest)
{
    // The service takes 20,000 bytes.
    private const int Longest = 18_000;

    // Two fewer than the service's 20: beyond them it stays silent for ten minutes.
    private static readonly RateLimit s_limit = new(RateWindow.PerMinute(18));
    private static readonly Markup s_markup = new(FullWidthEscaper.Escape, label => $"**{label}**", "\n\n");

    public override RateLimit Limit => s_limit;

    /// <summary>Here the secret is the key. Base64, not yet escaped for an address.</summary>
    public static string Sign(long milliseconds, string secret) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{milliseconds}\n{secret}")));

    protected override HttpRequestMessage Request(NoticeMessage message, int longest)
    {
        var title = FullWidthEscaper.Escape(TextSanitizer.Clip(message.Title, 150));
        return Post(MessageDetail.Fit(message, longest, ServiceSize.Rewritten, detail =>
        {
            var text = $"### {title}\n\n{s_markup.Body(message, detail)}";
            return NoticeJson.Bytes(message.Link is { } link
                ? new
                {
                    msgtype = "actionCard",
                    actionCard = new { title, text, btnOrientation = "0", btns = new[] { new { title = "打开批次 Open", actionURL = link.AbsoluteUri } } }
                }
                : (object)new { msgtype = "markdown", markdown = new { title, text }, at = new { atMobiles = Array.Empty<string>(), isAtAll = false } });
        }), Signed());
    }

    protected override ChannelAnswer Read(HttpAnswer answer) => BodyCode.Read(answer.Body, "errcode") switch
    {
        0 => ChannelAnswer.Ok(answer.Body),
        460101 => ChannelAnswer.TooLong(answer.Body),
        130101 or 410100 or 90018 or 90030 => ChannelAnswer.Retry(answer.Body, answer.RetryAfter ?? TimeSpan.FromMinutes(10)),
        310000 or 300001 or 400013 or 400101 or 400102 or 400105 or 400106 or 40035 or 43004 => ChannelAnswer.Stop(answer.Body),
        _ => ChannelAnswer.Retry(answer.Body)
    };

    private string Signed()
    {
        var url = Settings.Url!;
        if (Settings.Secret is not { Length: > 0 } secret)
            return url;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return string.Create(CultureInfo.InvariantCulture,
            $"{url}{(url.Contains('?') ? '&' : '?')}timestamp={now}&sign={Uri.EscapeDataString(Sign(now, secret))}");
    }
}
