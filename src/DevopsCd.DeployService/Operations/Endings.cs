namespace DevopsCd.DeployService.Operations;

/// <summary>The reasons of ends that somebody has asked for.</summary>
internal static class Endings
{
    public const string Stopped = "Stopped";
    public const string RolledBack = "RolledBack";
    public const string Superseded = "Superseded";
    public const string DeadlineExceeded = "DeadlineExceeded";
}
