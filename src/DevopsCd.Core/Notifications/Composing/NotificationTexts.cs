using DevopsCd.Contracts.Api;

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

    /// <summary>What kind of failure it is.</summary>
    public static string Cause(string kind) => kind switch
    {
        DeployCauseClasses.Image => "镜像 image",
        DeployCauseClasses.Config => "配置 config",
        DeployCauseClasses.Probe => "探针 probe",
        DeployCauseClasses.Resources => "资源 resources",
        DeployCauseClasses.Quota => "配额 quota",
        DeployCauseClasses.Crash => "崩溃 crash",
        DeployCauseClasses.Admission => "准入 admission",
        DeployCauseClasses.Infrastructure => "基础设施 infrastructure",
        _ => "未知 unknown"
    };

    /// <summary><c>pre_deploy_failed</c> → <c>Pre deploy failed</c>.</summary>
    public static string English(string @event)
    {
        var words = @event.Replace('_', ' ');
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }
}
