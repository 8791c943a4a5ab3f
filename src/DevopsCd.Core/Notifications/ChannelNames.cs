namespace DevopsCd.Core.Notifications;

/// <summary>The channels in use, in the order of the configuration.</summary>
internal sealed record ChannelNames(IReadOnlyList<string> All);
