namespace DevopsCd.DeployService.Strategies;

/// <summary>The request cannot be done to this target; names the field of the body and what is allowed.</summary>
internal sealed class TargetRejectedException(string where, string reason, string message, bool passing = false) : Exception(message)
{
    public const string WorkloadNotFound = "WorkloadNotFound";

    public string Field => where;

    /// <summary>A short stable word, for example <c>WorkloadNotFound</c>.</summary>
    public string Reason => reason;

    /// <summary>An operation under way on the same workload may be the cause, and takes it away when it ends.</summary>
    public bool Passing => passing;
}
