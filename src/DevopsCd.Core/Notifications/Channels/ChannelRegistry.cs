
namespace DevopsCd.Core.Notifications.Channels;

/// <summary>The channels in use, made once from the configuration.</summary>
internal sealed class ChannelRegistry(NotificationOptions options, IServiceProvider services)
{
    private readonly Dictionary<string, INotificationChannel> _channels = options.AllChannels()
        .ToDictionary(s => s.Name, s => NotificationRegistration.Types.Single(t => t.Name == s.Type).Create(services, s), StringComparer.Ordinal);

    public IReadOnlyCollection<INotificationChannel> All => _channels.Values;

    public INotificationChannel? Find(string name) => _channels.GetValueOrDefault(name);
}
