using DevopsCd.Contracts.Api;

namespace DevopsCd.DeployService.Operations;

/// <summary>The reasons of ends that do not come from the target.</summary>
internal static class Endings
{
    public const string Stopped = "Stopped";
    public const string RolledBack = DeployReasons.RolledBack;
    public const string Superseded = "Superseded";
    public const string DeadlineExceeded = "DeadlineExceeded";

    /// <summary>The way back that was to lead to that end has failed. What has failed first stays the reason.</summary>
    public static Ending ReturnFailed(Ending wanted, string why) =>
        new(DeployPhases.Failed, wanted.Phase == DeployPhases.Failed ? wanted.Reason : "ReturnFailed",
            why.Contains(wanted.Message, StringComparison.Ordinal) ? $"{wanted.Message}; so the way back failed, too" : $"{wanted.Message}; {why}",
            wanted.Cause);

    /// <summary>The way back was left undone because somebody else has the workload now; a cause that was there before stays the cause.</summary>
    public static Ending LeftToOthers(Ending wanted, string why)
    {
        var message = why.StartsWith(wanted.Message, StringComparison.Ordinal) ? why : $"{wanted.Message}; {why}";
        return wanted.Phase == DeployPhases.Failed || wanted.Reason == Superseded
            ? wanted with { Message = message }
            : new(DeployPhases.Failed, Strategies.Hands.ChangedByOthers, message, wanted.Cause);
    }
}
