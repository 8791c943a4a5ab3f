using System.Net;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>Incoming webhook of Slack: blocks, with plain text for notifications.</summary>
internal sealed class SlackChannel(ChannelSettings settings, OutboundHttp http) : HttpChannel(settings, http, LongestSection)
{
    // The service takes 3,000 characters in a section.
    private const int LongestSection = 2900;
    private static readonly RateLimit s_limit = new(RateWindow.PerSecond(1));
    private static readonly Markup s_markup = new(Escape, label => $"*{label}*");

    public override RateLimit Limit => s_limit;

    /// <summary>The three characters that control anything in Slack; without <c>&lt;</c> there is no mention and no link.</summary>
    public static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    protected override HttpRequestMessage Request(NoticeMessage message, int longest)
    {
        // The section's limit counts characters; bytes are never fewer.
        var body = System.Text.Encoding.UTF8.GetString(
            MessageDetail.Fit(message, longest, ServiceSize.OfText, detail => System.Text.Encoding.UTF8.GetBytes(s_markup.Body(message, detail))));
        var blocks = new List<object>
        {
            new { type = "header", text = new { type = "plain_text", text = TextSanitizer.Clip($"{Mark(message.Tone)} {message.Title}", 149), emoji = true } },
            new { type = "section", text = new { type = "mrkdwn", text = body, verbatim = true } }
        };
        if (message.Link is { } link)
            blocks.Add(new
            {
                type = "actions",
                elements = new[] { new { type = "button", text = new { type = "plain_text", text = "打开批次 Open" }, url = link.AbsoluteUri } }
            });
        return Post(NoticeJson.Bytes(new { text = Escape(TextSanitizer.Clip(message.Title, 150)), blocks }));
    }

    protected override ChannelAnswer Read(HttpAnswer answer) => answer is { Status: HttpStatusCode.OK, Body: "ok" } ? ChannelAnswer.Ok(answer.Body)
        : IsTooLong(answer) ? ChannelAnswer.TooLong(answer.Body)
        : ChannelAnswer.Retry($"HTTP {(int)answer.Status} without the service's \"ok\": {answer.Body}");

    protected override ChannelAnswer Refused(HttpAnswer answer) => IsTooLong(answer) ? ChannelAnswer.TooLong(answer.Body) : base.Refused(answer);

    private static bool IsTooLong(HttpAnswer answer) => answer.Body.Trim() is "msg_too_long" or "msg_blocks_too_long";

    private static string Mark(MessageTone tone) => tone switch
    {
        MessageTone.Good => "✅",
        MessageTone.Bad => "❌",
        MessageTone.Waiting => "✋",
        MessageTone.Closed => "⏹",
        _ => "▶"
    };
}
