
namespace DevopsCd.Core.Notifications.Composing;

/// <summary>What kind of news a notice is.</summary>
internal static class NoticeRules
{
    /// <summary>A stage ended, one way or the other.</summary>
    public static bool EndsStage(this Notice notice) =>
        notice is { Kind: NoticeKind.Transition, Stage: not null } && BatchEventTypes.Find(notice.Event) is { StageEffect: StageEffect.Ends };

    /// <summary>The batch's content was fixed.</summary>
    public static bool Seals(this Notice notice) => notice.Kind == NoticeKind.Transition && BatchEventTypes.Find(notice.Event) is { Seals: true };

    /// <summary>Something went on and more will follow: old news once the next notice is there.</summary>
    public static bool IsProgress(this Notice notice) => notice.Kind == NoticeKind.Transition && !notice.EndsStage() &&
        !(notice.To is { } to && BatchStatus.Ended(to.Name));

    public static bool SameStage(this Notice one, Notice other) => one.Stage is not null && one.Stage == other.Stage && one.Attempt == other.Attempt;

    public static bool IsFailure(this ApplicationOutcome application) =>
        application.Outcome is ReleaseStatus.Failed or ReleaseStatus.TimedOut or ReleaseStatus.Held or ReleaseStatus.Stopped;

    public static MessageTone Tone(this Notice notice) => notice switch
    {
        { Kind: NoticeKind.AppFailed or NoticeKind.GateFailed } => MessageTone.Bad,
        { Kind: NoticeKind.ProductionReady or NoticeKind.ApprovalGiven or NoticeKind.GateWaits or NoticeKind.OperationLate } => MessageTone.Waiting,
        { Kind: NoticeKind.Test or NoticeKind.GatePassed } => MessageTone.Good,
        _ when BatchEventTypes.Find(notice.Event) is { Tone: EventTone.Bad } => MessageTone.Bad,
        _ when BatchEventTypes.Find(notice.Event) is { Tone: EventTone.Good } => MessageTone.Good,
        { To: { } to } when BatchStatus.Ended(to.Name) => MessageTone.Closed,
        _ => MessageTone.Progress
    };
}
