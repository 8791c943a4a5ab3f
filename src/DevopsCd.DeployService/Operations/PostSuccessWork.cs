namespace DevopsCd.DeployService.Operations;

/// <summary>Work of an operation that has already succeeded, due at that time or as soon as another operation wants the workload.</summary>
internal sealed record PostSuccessWork(DateTimeOffset DueAt);
