using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;

namespace DevopsCd.Core.Notifications;

/// <summary>What kind of news a notice is.</summary>
internal static class NoticeRules
{
    /// <summary>A stage ended, one way or the other.</summary>
    public static bool EndsStage(this Notice notice) => notice.Kind == NoticeKind.Transition && notice.Stage is not null &&
        !(notice.Event ?? "").StartsWith("start_", StringComparison.Ordinal);

    /// <summary>Something went on and more will follow: old news once the next notice is there.</summary>
    public static bool IsProgress(this Notice notice) => notice.Kind == NoticeKind.Transition && !notice.EndsStage() &&
        !(notice.To is { } to && BatchStatus.Ended(to.Name));

    public static bool SameStage(this Notice one, Notice other) => one.Stage is not null && one.Stage == other.Stage && one.Attempt == other.Attempt;

    public static bool IsFailure(this ApplicationOutcome application) =>
        application.Outcome is ReleaseStatus.Failed or ReleaseStatus.TimedOut or ReleaseStatus.Held or ReleaseStatus.Stopped;

    public static MessageTone Tone(this Notice notice) => notice switch
    {
        { Kind: NoticeKind.AppFailed } => MessageTone.Bad,
        { Kind: NoticeKind.ProductionReady } => MessageTone.Waiting,
        { Kind: NoticeKind.Test } => MessageTone.Good,
        { Event: { } e } when e.EndsWith("_failed", StringComparison.Ordinal) => MessageTone.Bad,
        { Event: { } e } when e.EndsWith("_completed", StringComparison.Ordinal) || e is "approve" or "final_accept" => MessageTone.Good,
        { To: { } to } when BatchStatus.Ended(to.Name) => MessageTone.Closed,
        _ => MessageTone.Progress
    };
}
