using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Notifications;

/// <summary>What is wrong between the keys of <c>core:notification</c>, beyond each key's own range.</summary>
internal static class NotificationProblems
{
    public static IEnumerable<(string Key, string Problem)> Of(NotificationOptions options)
    {
        var known = NotificationRegistration.Types.ToDictionary(t => t.Name, StringComparer.Ordinal);
        const string section = NotificationOptions.Section;
        if (options.PublicUrl is { Length: > 0 } link && !(Uri.TryCreate(link, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"))
            yield return ($"{section}:public_url", "must be an absolute http(s) address");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _))
            yield return ($"{section}:time_zone", $"'{options.TimeZone}' unknown; write an IANA name, for example Asia/Shanghai");
        if (!options.Enabled)
            yield break;

        var list = string.Join(", ", known.Keys);
        foreach (var type in NotificationOptions.Names(options.Provider))
            if (!known.ContainsKey(type))
                yield return ($"{section}:provider", $"'{type}' unknown; known: {list}");
            else if (type == NotificationChannels.Lark && string.IsNullOrEmpty(options.LarkWebhook))
                yield return ($"{section}:lark_webhook", "is required for the provider 'lark'");
            else if (type != NotificationChannels.Lark && known[type].Needs != ChannelNeeds.Nothing)
                yield return ($"{section}:provider", $"'{type}' needs settings; write an entry in {section}:channels instead");

        for (var i = 0; i < options.Channels.Count; i++)
        {
            var (channel, key) = (options.Channels[i], $"{section}:channels:{i}");
            if (channel.Name.Length is 0 or > 64)
                yield return ($"{key}:name", "is required, at most 64 characters");
            if (!known.TryGetValue(channel.Type, out var type))
                yield return ($"{key}:type", $"'{channel.Type}' unknown; known: {list}");
            else if (type.Needs == ChannelNeeds.Url && string.IsNullOrEmpty(channel.Url))
                yield return ($"{key}:url", $"is required for the type '{channel.Type}'");
            else if (type.Needs == ChannelNeeds.Mail)
                foreach (var problem in MailProblems(channel, key))
                    yield return problem;
            if (channel.Type == NotificationChannels.Webhook && channel.Secret is { } secret && !StandardWebhook.IsKey(secret))
                yield return ($"{key}:secret", "starts with whsec_, so the rest must be Base64");
            if (channel.Content is not ("notice" or "cdevents"))
                yield return ($"{key}:content", "must be notice or cdevents");
        }

        foreach (var channel in options.AllChannels().Where(c => !string.IsNullOrEmpty(c.Url)))
            if (OutboundPolicy.Problem(channel.Url!, options.Outbound()) is { } problem)
                yield return (section, $"address of channel '{channel.Name}' {problem}");
        foreach (var twice in options.AllChannels().GroupBy(c => c.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            yield return (section, $"two channels have the name '{twice.Key}'");
        foreach (var problem in ChoiceProblems(options))
            yield return problem;
    }

    /// <summary>A choice names configured channels; a project that chose none by mistake would be told nowhere.</summary>
    private static IEnumerable<(string Key, string Problem)> ChoiceProblems(NotificationOptions options)
    {
        const string section = NotificationOptions.Section;
        var configured = options.AllChannels().Select(c => c.Name).ToList();
        var choices = options.Projects.Select(p => ($"{section}:projects:{p.Key}", p.Value));
        if (options.DefaultChannels is { Length: > 0 } standard)
            choices = choices.Prepend(($"{section}:default_channels", standard));
        foreach (var (key, list) in choices)
        {
            var names = NotificationOptions.Names(list ?? "");
            if (names.Count == 0)
                yield return (key, $"must name channels; configured: {string.Join(", ", configured)}");
            foreach (var name in names.Except(configured, StringComparer.Ordinal))
                yield return (key, $"'{name}' unknown; configured: {string.Join(", ", configured)}");
        }
    }

    private static IEnumerable<(string Key, string Problem)> MailProblems(ChannelSettings channel, string key)
    {
        if (string.IsNullOrEmpty(channel.Host))
            yield return ($"{key}:host", "is required for the type 'email'");
        if (channel.Port is < 1 or > 65535)
            yield return ($"{key}:port", "must be 1..65535");
        if (channel.Security is not ("starttls" or "ssl" or "none"))
            yield return ($"{key}:security", "must be starttls, ssl or none");
        if (!MimeKit.MailboxAddress.TryParse(channel.From ?? "", out _))
            yield return ($"{key}:from", "must be a mail address");
        if (channel.To.Count == 0 || channel.To.Any(to => !MimeKit.MailboxAddress.TryParse(to, out _)))
            yield return ($"{key}:to", "must list mail addresses");
        if (string.IsNullOrEmpty(channel.Username) != string.IsNullOrEmpty(channel.Password))
            yield return ($"{key}:username", "and password belong together");
    }
}
