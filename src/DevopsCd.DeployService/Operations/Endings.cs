using DevopsCd.Contracts.Api;

namespace DevopsCd.DeployService.Operations;

/// <summary>The reasons of ends that do not come from the target.</summary>
internal static class Endings
{
    public const string Stopped = "Stopped";
    public const string RolledBack = "RolledBack";
    public const string Superseded = "Superseded";
    public const string DeadlineExceeded = "DeadlineExceeded";

    /// <summary>The way back that was to lead to that end has failed.</summary>
    public static Ending ReturnFailed(Ending wanted, string why) => new(DeployPhases.Failed, "ReturnFailed", $"{wanted.Message}; {why}");
}
