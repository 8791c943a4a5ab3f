namespace DevopsCd.Contracts.Api;

/// <summary>One application in a batch.</summary>
public sealed record ReleaseView
{
    /// <summary>The name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>The branch of the build and, unless it is pinned, the branch that is followed.</summary>
    public required string Branch { get; init; }

    /// <summary>The build that is released; absent when there is none yet.</summary>
    public string? BuildNumber { get; init; }

    /// <summary>Whether the build was reported as failed or cancelled after it had been taken; a sealed batch keeps its image.</summary>
    public required bool BuildWithdrawn { get; init; }

    /// <summary>The commit of the build that is released.</summary>
    public string? CommitId { get; init; }

    /// <summary>The image that is released, without tag.</summary>
    public string? ImageName { get; init; }

    /// <summary>The tag of the image.</summary>
    public string? ImageTag { get; init; }

    /// <summary>The digest of the image, where it is known.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The newest successful build of the branch.</summary>
    public string? LatestBuildNumber { get; init; }

    /// <summary>Whether a newer build exists than the one that is released.</summary>
    public required bool NewerBuildExists { get; init; }

    /// <summary>The person who pinned the build; absent when it is not pinned.</summary>
    public string? PinnedBy { get; init; }

    /// <summary>Whether the batch was sealed, which fixes build and settings.</summary>
    public required bool IsLocked { get; init; }

    /// <summary>The applications of the batch that are deployed before this one.</summary>
    public required IReadOnlyList<string> DependsOn { get; init; }

    /// <summary>How the application stands in pre-production: <c>none</c>, <c>waiting</c>, <c>deploying</c>, <c>succeeded</c>, <c>failed</c>, <c>timed_out</c>, <c>held</c>, <c>skipped</c> or <c>stopped</c>.</summary>
    public required string PreStatus { get; init; }

    /// <summary>How the application stands in production, with the same values as <c>preStatus</c>.</summary>
    public required string ProdStatus { get; init; }

    /// <summary>How the application stands in the rollback of production, with the same values as <c>preStatus</c>.</summary>
    public required string RollbackStatus { get; init; }

    /// <summary>What the application waits for, or why it failed.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The application's deployment operations, newest first.</summary>
    public required IReadOnlyList<DeploymentView> Deployments { get; init; }
}
