namespace DevopsCd.Contracts.Api;

/// <summary>A stored build.</summary>
public sealed record BuildView
{
    /// <summary>Its row, also the cursor.</summary>
    public required long Id { get; init; }

    /// <summary>The application's name as the CI sent it.</summary>
    public required string Application { get; init; }

    /// <summary>An application of that name is registered.</summary>
    public required bool Matched { get; init; }

    /// <summary>The CI's number.</summary>
    public required string BuildNumber { get; init; }

    /// <summary>The branch.</summary>
    public required string Branch { get; init; }

    /// <summary>The commit.</summary>
    public required string CommitId { get; init; }

    /// <summary>Its message.</summary>
    public string? CommitMessage { get; init; }

    /// <summary>Its author.</summary>
    public string? CommitAuthor { get; init; }

    /// <summary>The image.</summary>
    public required string ImageName { get; init; }

    /// <summary>Its tag.</summary>
    public required string ImageTag { get; init; }

    /// <summary>Its digest.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>How it stands.</summary>
    public required BuildStatus Status { get; init; }

    /// <summary>Who said so.</summary>
    public string? Source { get; init; }

    /// <summary>Where a person can look.</summary>
    public string? Link { get; init; }

    /// <summary>When the CI finished it.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }
}
