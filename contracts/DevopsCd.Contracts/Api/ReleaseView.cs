namespace DevopsCd.Contracts.Api;

/// <summary>One application of a batch.</summary>
public sealed record ReleaseView
{
    /// <summary>The application.</summary>
    public required string Application { get; init; }

    /// <summary>The branch of its build and, unless it is pinned, the one it follows.</summary>
    public required string Branch { get; init; }

    /// <summary>The build it releases; null when there is none yet.</summary>
    public string? BuildNumber { get; init; }

    /// <summary>That build's commit.</summary>
    public string? CommitId { get; init; }

    /// <summary>Its image.</summary>
    public string? ImageName { get; init; }

    /// <summary>The image's tag.</summary>
    public string? ImageTag { get; init; }

    /// <summary>The image's digest.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The newest successful build of the branch.</summary>
    public string? LatestBuildNumber { get; init; }

    /// <summary>A newer build exists than the one released.</summary>
    public required bool NewerBuildExists { get; init; }

    /// <summary>Who fixed the build.</summary>
    public string? PinnedBy { get; init; }

    /// <summary>Sealed.</summary>
    public required bool IsLocked { get; init; }

    /// <summary>What deploys first.</summary>
    public required IReadOnlyList<string> DependsOn { get; init; }

    /// <summary>How it stands in pre-production.</summary>
    public required string PreStatus { get; init; }

    /// <summary>How it stands in production.</summary>
    public required string ProdStatus { get; init; }

    /// <summary>What it waits for, or why it failed.</summary>
    public string? StatusReason { get; init; }

    /// <summary>Its operations, newest first.</summary>
    public required IReadOnlyList<DeploymentView> Deployments { get; init; }
}
