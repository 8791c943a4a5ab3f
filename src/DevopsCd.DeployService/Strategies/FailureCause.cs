namespace DevopsCd.DeployService.Strategies;

/// <summary>Why the new pods of a workload do not come up.</summary>
/// <param name="Reason">A short stable word.</param>
/// <param name="Message">The same for people, with pod and node.</param>
/// <param name="MayPass">It has not lasted long enough to be believed.</param>
internal sealed record FailureCause(string Reason, string Message, bool MayPass = false);
