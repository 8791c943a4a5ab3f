namespace DevopsCd.Core.Deployments;

/// <summary>What the plan needs to know of a stored operation.</summary>
internal sealed record StageOperation(long Id, long ReleaseId, string Cluster, int Attempt, OperationStatus Status, string? Error, bool Accepted);
