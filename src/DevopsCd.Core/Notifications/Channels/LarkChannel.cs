using System.Security.Cryptography;
using System.Text;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>Custom bot of Feishu or Lark: an interactive card (schema 2.0).</summary>
internal sealed class LarkChannel(ChannelSettings settings, OutboundHttp http, TimeProvider clock) : HttpChannel(settings, http, Longest)
{
    // The service takes 20 KB.
    private const int Longest = 18_000;
    private static readonly RateLimit s_limit = new(RateWindow.PerSecond(5), RateWindow.PerMinute(100));
    private static readonly Markup s_markup = new(Escape, label => $"**{label}**");

    public override RateLimit Limit => s_limit;

    /// <summary>Here the text is the key and nothing is hashed with it.</summary>
    public static string Sign(long timestamp, string secret) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes($"{timestamp}\n{secret}"), Array.Empty<byte>()));

    /// <summary>Every character that could begin markup or a mention becomes a character reference.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
            if (c is '<' or '>' or '&' or '*' or '_' or '~' or '`' or '[' or ']' or '(' or ')' or '#' or '|' or '\\' or '!' or '$')
                escaped.Append("&#").Append((int)c).Append(';');
            else
                escaped.Append(c);
        return escaped.ToString();
    }

    protected override HttpRequestMessage Request(NoticeMessage message, int longest)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds();
        var signed = Settings.Secret is { Length: > 0 };
        return Post(MessageDetail.Fit(message, longest, ServiceSize.Rewritten, detail => NoticeJson.Bytes(new
        {
            timestamp = signed ? timestamp.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
            sign = signed ? Sign(timestamp, Settings.Secret!) : null,
            msg_type = "interactive",
            card = Card(message, detail)
        })));
    }

    protected override ChannelAnswer Read(HttpAnswer answer) => BodyCode.Read(answer.Body, "code") switch
    {
        0 => ChannelAnswer.Ok(answer.Body),
        230025 => ChannelAnswer.TooLong(answer.Body),
        11232 => ChannelAnswer.Retry(answer.Body, answer.RetryAfter ?? TimeSpan.FromSeconds(60)),
        9499 or 19021 or 19022 or 19024 => ChannelAnswer.Stop(answer.Body),
        _ => ChannelAnswer.Retry(answer.Body)
    };

    private static object Card(NoticeMessage message, MessageDetail detail)
    {
        var elements = new List<object> { new { tag = "markdown", content = s_markup.Body(message, detail) } };
        if (message.Link is { } link)
            elements.Add(new
            {
                tag = "button",
                text = new { tag = "plain_text", content = "打开批次 Open" },
                type = "primary",
                behaviors = new[] { new { type = "open_url", default_url = link.AbsoluteUri } }
            });
        return new
        {
            schema = "2.0",
            config = new { update_multi = true },
            header = new
            {
                title = new { tag = "plain_text", content = TextSanitizer.Clip(message.Title, 150) },
                template = message.Tone switch
                {
                    MessageTone.Good => "green",
                    MessageTone.Bad => "red",
                    MessageTone.Waiting => "orange",
                    MessageTone.Closed => "grey",
                    _ => "blue"
                }
            },
            body = new { direction = "vertical", elements }
        };
    }
}
