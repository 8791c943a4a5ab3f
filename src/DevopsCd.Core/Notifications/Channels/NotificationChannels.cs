namespace DevopsCd.Core.Notifications.Channels;

/// <summary>Types of channels as the configuration names them.</summary>
internal static class NotificationChannels
{
    public const string Lark = "lark";
    public const string DingTalk = "dingtalk";
    public const string WeCom = "wecom";
    public const string Slack = "slack";
    public const string Teams = "teams";
    public const string Email = "email";
    public const string Webhook = "webhook";
    public const string CdEvents = "cdevents";
    public const string Log = "log";
}
