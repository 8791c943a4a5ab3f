using Microsoft.Extensions.Options;

namespace DevopsCd.Core.Notifications;

/// <summary>The channels in use, made once from the configuration.</summary>
internal sealed class ChannelRegistry(IOptions<NotificationOptions> options, IServiceProvider services)
{
    private readonly Dictionary<string, INotificationChannel> _channels = options.Value.AllChannels()
        .ToDictionary(s => s.Name, s => NotificationRegistration.Types.Single(t => t.Name == s.Type).Create(services, s), StringComparer.Ordinal);

    public IReadOnlyCollection<INotificationChannel> All => _channels.Values;

    public INotificationChannel? Find(string name) => _channels.GetValueOrDefault(name);
}
