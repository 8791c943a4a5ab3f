namespace DevopsCd.Core.Notifications;

/// <summary>Which channels tell of a batch: those its project chooses, otherwise the default ones, otherwise all.</summary>
internal sealed class ChannelChoice(NotificationOptions options)
{
    private readonly IReadOnlyList<string> _default = options is { Enabled: true, DefaultChannels: { Length: > 0 } names }
        ? NotificationOptions.Names(names)
        : options.AllChannels().Select(c => c.Name).ToList();

    private readonly Dictionary<string, IReadOnlyList<string>> _projects = options.Enabled
        ? options.Projects.ToDictionary(p => p.Key, p => NotificationOptions.Names(p.Value), StringComparer.OrdinalIgnoreCase)
        : [];

    public IReadOnlyList<string> For(string? project) =>
        project is not null && _projects.TryGetValue(project, out var chosen) ? chosen : _default;
}
