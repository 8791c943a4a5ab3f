namespace DevopsCd.Core.Deployments;

/// <summary>One application of a sealed batch: what it waits for, and where it deploys.</summary>
internal sealed record SealedRelease(long Id, string Application, IReadOnlyList<string> DependsOn,
    IReadOnlyDictionary<Stage, IReadOnlyList<SealedPlace>> Places);
