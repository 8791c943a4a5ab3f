using System.Text;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>Group robot of WeCom: markdown.</summary>
internal sealed class WeComChannel(ChannelSettings settings, OutboundHttp http) : HttpChannel(settings, http, Longest)
{
    // The service takes 4,096 bytes of content.
    private const int Longest = 3900;
    private const int WrongParameter = 40058;
    private static readonly RateLimit s_limit = new(RateWindow.PerMinute(20));
    private static readonly Markup s_markup = new(FullWidthEscaper.Escape, label => $"**{label}**");

    public override RateLimit Limit => s_limit;

    protected override HttpRequestMessage Request(NoticeMessage message, int longest)
    {
        var content = Encoding.UTF8.GetString(
            MessageDetail.Fit(message, longest, ServiceSize.OfText, detail => Encoding.UTF8.GetBytes(Content(message, detail))));
        return Post(NoticeJson.Bytes(new { msgtype = "markdown", markdown = new { content } }));
    }

    protected override ChannelAnswer Read(HttpAnswer answer) => BodyCode.Read(answer.Body, "errcode") switch
    {
        0 => ChannelAnswer.Ok(answer.Body),
        45009 or 45033 => ChannelAnswer.Retry(answer.Body, answer.RetryAfter ?? TimeSpan.FromSeconds(60)),
        45002 => ChannelAnswer.TooLong(answer.Body),
        WrongParameter when answer.Body.Contains("exceed max length", StringComparison.OrdinalIgnoreCase) => ChannelAnswer.TooLong(answer.Body),
        93000 or 93008 or 93017 or 40008 or WrongParameter or 44004 => ChannelAnswer.Stop(answer.Body),
        _ => ChannelAnswer.Retry(answer.Body)
    };

    private static string Content(NoticeMessage message, MessageDetail detail)
    {
        // The service knows three colours only.
        var colour = message.Tone switch
        {
            MessageTone.Good => "info",
            MessageTone.Bad or MessageTone.Waiting => "warning",
            _ => "comment"
        };
        var content = $"<font color=\"{colour}\">{FullWidthEscaper.Escape(TextSanitizer.Clip(message.Title, 150))}</font>\n{s_markup.Body(message, detail)}";
        return message.Link is { } link ? $"{content}\n[打开批次 Open]({link.AbsoluteUri})" : content;
    }
}
