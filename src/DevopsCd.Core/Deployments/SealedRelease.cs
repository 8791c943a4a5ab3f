namespace DevopsCd.Core.Deployments;

/// <summary>One application of a sealed batch: what it waits for, and where it deploys.</summary>
internal sealed record SealedRelease(long Id, string Application, IReadOnlyList<string> DependsOn,
    IReadOnlyDictionary<Stage, IReadOnlyList<SealedPlace>> Places)
{
    /// <summary>What its row holds of the seal.</summary>
    public required SealedRow Row { get; init; }
}

/// <summary>What the row of a sealed release holds that no stage changes.</summary>
internal sealed record SealedRow(
    long BatchId, long AppId, long? BuildId, string? ImageName, string? ImageTag, string? ImageDigest, string? CommitId, string? SealedTargets)
{
    /// <summary>
    /// The release, to be attached to a context that is to write what a stage has made of it. Whatever is neither sealed nor shown by a stage is missing.
    /// </summary>
    public BatchRelease As(StageRelease shown) => new()
    {
        Id = shown.Id,
        BatchId = BatchId,
        AppId = AppId,
        BuildId = BuildId,
        ImageName = ImageName,
        ImageTag = ImageTag,
        ImageDigest = ImageDigest,
        CommitId = CommitId,
        SealedTargets = SealedTargets,
        IsLocked = true,
        PreStatus = shown.Pre,
        ProdStatus = shown.Prod,
        RollbackStatus = shown.Rollback,
        StatusReason = shown.Reason
    };
}
