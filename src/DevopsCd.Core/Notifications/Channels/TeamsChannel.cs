using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>A Teams workflow's address: an adaptive card.</summary>
internal sealed partial class TeamsChannel(ChannelSettings settings, OutboundHttp http) : HttpChannel(settings, http, Longest)
{
    // The service takes 28 KB, of the card as it writes it.
    private const int Longest = 25_000;
    private static readonly RateLimit s_limit = new(RateWindow.PerSecond(4));

    public override RateLimit Limit => s_limit;

    protected override HttpRequestMessage Request(NoticeMessage message, int longest) =>
        Post(MessageDetail.Fit(message, longest, ServiceSize.Rewritten, detail => NoticeJson.Bytes(new
        {
            type = "message",
            attachments = new[] { new { contentType = "application/vnd.microsoft.card.adaptive", content = Card(message, detail) } }
        })));

    /// <summary>
    /// A workflow's yes is 202, an old connector's is 200 with the text <c>1</c>. Both can write a refusal into the text of a success:
    /// the status in there is the one that counts.
    /// </summary>
    protected override ChannelAnswer Read(HttpAnswer answer)
    {
        if (RefusalInText().Match(answer.Body) is { Success: true } inner)
            return Refused(answer with { Status = (HttpStatusCode)int.Parse(inner.Groups["status"].ValueSpan, CultureInfo.InvariantCulture) });
        if (UselessPayload().IsMatch(answer.Body))
            return ChannelAnswer.Stop(answer.Body);
        return answer.Status == HttpStatusCode.Accepted || (answer.Status == HttpStatusCode.OK && answer.Body.Trim() == "1")
            ? ChannelAnswer.Ok(answer.Body.Length == 0 ? $"HTTP {(int)answer.Status}" : answer.Body)
            : ChannelAnswer.Retry($"HTTP {(int)answer.Status} without the service's yes: {answer.Body}");
    }

    [GeneratedRegex(@"HTTP error:? (?<status>[3-5][0-9]{2})\b", RegexOptions.IgnoreCase)]
    private static partial Regex RefusalInText();

    [GeneratedRegex("bad payload|summary or text is required|invalid webhook", RegexOptions.IgnoreCase)]
    private static partial Regex UselessPayload();

    private static Dictionary<string, object> Card(NoticeMessage message, MessageDetail detail)
    {
        var body = new List<object>
        {
            Text([Run(TextSanitizer.Clip(message.Title, 150), bold: true)], message.Tone switch
            {
                MessageTone.Good => "good",
                MessageTone.Bad => "attention",
                MessageTone.Waiting => "warning",
                MessageTone.Closed => "default",
                _ => "accent"
            })
        };
        body.AddRange(message.Facts.Select(f => Text([Run($"{f.Label}: ", bold: true), Run(TextSanitizer.Clip(f.Value, detail.Text))])));
        if (message.Summary is { } summary)
            body.Add(Text([Run("应用 Applications: ", bold: true), Run(summary)]));
        body.AddRange(message.Applications.Take(detail.Applications).Select(a => Text([Run("– " + Markup.Line(a, detail.Text))])));
        if (message.Applications.Count - detail.Applications is > 0 and var more)
            body.Add(Text([Run($"… 另有 {more} 个 / {more} more")]));
        body.AddRange(message.Earlier.TakeLast(detail.Earlier).Select(e => Text([Run("此前 Earlier: " + TextSanitizer.Clip(e, detail.Text))])));
        if (message.Earlier.Count - detail.Earlier is > 0 and var older)
            body.Add(Text([Run($"… 另有 {older} 条 / {older} more")]));
        var card = new Dictionary<string, object>
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = body
        };
        if (message.Link is { } link)
            card["actions"] = new[] { new { type = "Action.OpenUrl", title = "打开批次 Open", url = link.AbsoluteUri } };
        return card;
    }

    // Text runs, unlike text blocks, know no markdown; a mention would need an entity, and there is none.
    private static object Text(TextRun[] inlines, string? colour = null) =>
        new { type = "RichTextBlock", inlines = colour is null ? inlines : inlines.Select(i => Coloured(i, colour)).ToArray() };

    private static TextRun Run(string text, bool bold = false) => new(text, bold ? "bolder" : null, null);

    private static TextRun Coloured(TextRun run, string colour) => run with { Color = colour };

    private sealed record TextRun(string Text, string? Weight, string? Color)
    {
        public string Type { get; } = "TextRun";
    }
}
