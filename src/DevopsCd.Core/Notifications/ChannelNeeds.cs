namespace DevopsCd.Core.Notifications;

/// <summary>What the settings of a channel type must hold.</summary>
internal enum ChannelNeeds
{
    Nothing,
    Url,
    Mail
}
