
namespace DevopsCd.Core.Notifications.Composing;

/// <summary>The room's own words, Chinese and English. States and events bring theirs along.</summary>
internal static class NotificationTexts
{
    public static string Outcome(ReleaseStatus outcome) => outcome switch
    {
        ReleaseStatus.Waiting => "等待 waiting",
        ReleaseStatus.Deploying => "部署中 deploying",
        ReleaseStatus.Succeeded => "成功 succeeded",
        ReleaseStatus.Failed => "失败 failed",
        ReleaseStatus.TimedOut => "超时 timed out",
        ReleaseStatus.Held => "被阻塞 held",
        ReleaseStatus.Skipped => "跳过 skipped",
        ReleaseStatus.Stopped => "已停止 stopped",
        _ => "未部署 not deployed"
    };

    /// <summary><c>pre_deploy_failed</c> → <c>Pre deploy failed</c>.</summary>
    public static string English(string @event)
    {
        var words = @event.Replace('_', ' ');
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }
}
