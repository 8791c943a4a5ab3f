namespace DevopsCd.Core.Deployments;

/// <summary>What a release shows of a stage now.</summary>
internal sealed record StageRelease(long Id, ReleaseStatus Outcome, string? Reason);
