namespace DevopsCd.Core.Notifications.Channels;

/// <summary>A Teams workflow's address: an adaptive card.</summary>
internal sealed class TeamsChannel(ChannelSettings settings, OutboundHttp http) : HttpChannel(settings, http)
{
    // The service takes 28 KB.
    private const int Longest = 27_000;
    private static readonly RateLimit s_limit = new(RateWindow.PerSecond(4));

    public override RateLimit Limit => s_limit;

    protected override HttpRequestMessage Request(NoticeMessage message) =>
        Post(MessageDetail.Fit(message, Longest, detail => NoticeJson.Bytes(new
        {
            type = "message",
            attachments = new[] { new { contentType = "application/vnd.microsoft.card.adaptive", content = Card(message, detail) } }
        })));

    protected override ChannelAnswer Read(HttpAnswer answer) =>
        // The old connectors answered 200 and wrote the refusal into the text; some gateways still do.
        answer.Body.Contains("HTTP error 429", StringComparison.OrdinalIgnoreCase)
            ? ChannelAnswer.Retry(answer.Body, answer.RetryAfter ?? TimeSpan.FromSeconds(30))
            : ChannelAnswer.Ok(answer.Body.Length == 0 ? $"HTTP {(int)answer.Status}" : answer.Body);

    private static Dictionary<string, object> Card(NoticeMessage message, MessageDetail detail)
    {
        var body = new List<object>
        {
            Text([Run(Plain.Clip(message.Title, 150), bold: true)], message.Tone switch
            {
                MessageTone.Good => "good",
                MessageTone.Bad => "attention",
                MessageTone.Waiting => "warning",
                MessageTone.Closed => "default",
                _ => "accent"
            })
        };
        body.AddRange(message.Facts.Select(f => Text([Run($"{f.Label}: ", bold: true), Run(Plain.Clip(f.Value, detail.Text))])));
        if (message.Summary is { } summary)
            body.Add(Text([Run("应用 Applications: ", bold: true), Run(summary)]));
        body.AddRange(message.Applications.Take(detail.Applications).Select(a => Text([Run("– " + Markup.Line(a, detail.Text))])));
        if (message.Applications.Count - detail.Applications is > 0 and var more)
            body.Add(Text([Run($"… 另有 {more} 个 / {more} more")]));
        body.AddRange(message.Earlier.TakeLast(detail.Earlier).Select(e => Text([Run("此前 Earlier: " + Plain.Clip(e, detail.Text))])));
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
    private static object Text(object[] inlines, string? colour = null) => new { type = "RichTextBlock", inlines = colour is null ? inlines : inlines.Select(i => Coloured(i, colour)).ToArray() };

    private static object Run(string text, bool bold = false) => new TextRun(text, bold ? "bolder" : null, null);

    private static object Coloured(object run, string colour) => (TextRun)run with { Color = colour };

    private sealed record TextRun(string Text, string? Weight, string? Color)
    {
        public string Type => "TextRun";
    }
}
