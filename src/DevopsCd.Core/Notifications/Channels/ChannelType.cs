namespace DevopsCd.Core.Notifications.Channels;

/// <summary>A registered type of channel: its name in the configuration, what it needs, and how one is made.</summary>
internal sealed record ChannelType(string Name, ChannelNeeds Needs, Func<IServiceProvider, ChannelSettings, INotificationChannel> Create);

/// <summary>What the settings of a channel type must hold.</summary>
internal enum ChannelNeeds
{
    Nothing,
    Url,
    Mail
}
