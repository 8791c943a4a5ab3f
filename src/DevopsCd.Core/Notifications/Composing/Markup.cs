using System.Text;

namespace DevopsCd.Core.Notifications.Composing;

/// <summary>Writes a message's lines in the markup of a service. Everything that people or programs wrote goes through <paramref name="escape" />.</summary>
internal sealed class Markup(Func<string, string> escape, Func<string, string> strong, string newLine = "\n")
{
    public string Body(NoticeMessage message, MessageDetail detail)
    {
        var lines = new List<string>();
        foreach (var fact in message.Facts)
            lines.Add($"{strong(fact.Label)}: {escape(TextSanitizer.Clip(fact.Value, detail.Text))}");
        if (message.Summary is { } summary)
            lines.Add($"{strong("应用 Applications")}: {escape(summary)}");
        foreach (var application in message.Applications.Take(detail.Applications))
            lines.Add("- " + escape(Line(application, detail.Text)));
        if (message.Applications.Count > detail.Applications)
            lines.Add($"… 另有 {message.Applications.Count - detail.Applications} 个 / {message.Applications.Count - detail.Applications} more");
        if (message.Earlier.Count > 0)
        {
            lines.Add($"{strong("此前 Earlier")}:");
            lines.AddRange(message.Earlier.TakeLast(detail.Earlier).Select(e => "- " + escape(TextSanitizer.Clip(e, detail.Text))));
            if (message.Earlier.Count > detail.Earlier)
                lines.Add($"… 另有 {message.Earlier.Count - detail.Earlier} 条 / {message.Earlier.Count - detail.Earlier} more");
        }
        return string.Join(newLine, lines);
    }

    /// <summary>One application as raw text.</summary>
    public static string Line(ApplicationOutcome application, int longest)
    {
        var line = new StringBuilder(TextSanitizer.Clip(application.Name, 80));
        if (application.Cluster is { Length: > 0 } cluster)
            line.Append(" @ ").Append(TextSanitizer.Clip(cluster, 60));
        if (application.Outcome != ReleaseStatus.None)
            line.Append(" – ").Append(NotificationTexts.Outcome(application.Outcome));
        if (application.ImageTag is { Length: > 0 } tag)
            line.Append(' ').Append(TextSanitizer.Clip(tag, 80));
        if (application.Cause is { } cause)
            line.Append(" · ").Append(NotificationTexts.Cause(cause.Class));
        if (application.Reason is { Length: > 0 } reason)
            line.Append(": ").Append(TextSanitizer.Clip(reason, longest));
        return line.ToString();
    }
}
