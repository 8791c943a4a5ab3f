namespace DevopsCd.Core.Deployments;

/// <summary>What the plan needs to know of a release, and what the release shows now.</summary>
internal sealed record StageRelease(long Id, string Application, List<string> DependsOn, string? SealedTargets, ReleaseStatus Outcome, string? Reason);
