using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>
/// Which channels tell of a batch: those its project chooses, otherwise the default ones, otherwise all. Without a project of its own, those of
/// its applications.
/// </summary>
internal sealed class ChannelChoice(NotificationOptions options)
{
    private readonly IReadOnlyList<string> _default = options is { Enabled: true, DefaultChannels: { Length: > 0 } names }
        ? NotificationOptions.Names(names)
        : options.AllChannels().Select(c => c.Name).ToList();

    private readonly Dictionary<string, IReadOnlyList<string>> _projects = options.Enabled
        ? options.Projects.ToDictionary(p => p.Key, p => NotificationOptions.Names(p.Value), StringComparer.OrdinalIgnoreCase)
        : [];

    /// <summary>Nobody is told of anything.</summary>
    public bool IsNone { get; } = !options.AllChannels().Any();

    /// <param name="project">The project that the batch names; null where it names none.</param>
    /// <param name="policies">The policies of all projects that the batch concerns: what a policy chooses goes before the configuration.</param>
    public IReadOnlyList<string> For(string? project, IReadOnlyDictionary<string, ProjectPolicy> policies) => project is not null
        ? Chosen(project, policies.GetValueOrDefault(project))
        : policies.Count == 0 ? _default
        : [.. policies.OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => Chosen(p.Key, p.Value)).Distinct(StringComparer.Ordinal)];

    private IReadOnlyList<string> Chosen(string project, ProjectPolicy? policy) =>
        policy?.Channels ?? (_projects.TryGetValue(project, out var chosen) ? chosen : _default);
}
