namespace DevopsCd.Contracts.Api;

/// <summary>A stored build.</summary>
public sealed record BuildView
{
    /// <summary>The build's number in the database, for addresses; pages are ordered by it.</summary>
    public required long Id { get; init; }

    /// <summary>The application's name as the CI system sent it.</summary>
    public required string Application { get; init; }

    /// <summary>Whether an application of that name is registered.</summary>
    public required bool Matched { get; init; }

    /// <summary>The build's name: the CI system's number, with <c>.2</c> for a second attempt and <c>~2</c> for other content under the same number.</summary>
    public required string BuildNumber { get; init; }

    /// <summary>The CI system's count of runs under this number.</summary>
    public required int Attempt { get; init; }

    /// <summary>The branch that was built.</summary>
    public required string Branch { get; init; }

    /// <summary>The commit that was built.</summary>
    public required string CommitId { get; init; }

    /// <summary>The commit's message.</summary>
    public string? CommitMessage { get; init; }

    /// <summary>The commit's author.</summary>
    public string? CommitAuthor { get; init; }

    /// <summary>The image that was built, without tag.</summary>
    public required string ImageName { get; init; }

    /// <summary>The image's tag.</summary>
    public required string ImageTag { get; init; }

    /// <summary>The image's digest, where it is known.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>How the build stands: <c>running</c>, <c>success</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required BuildStatus Status { get; init; }

    /// <summary>Whether the build was a success before it was reported as failed or cancelled.</summary>
    public required bool Withdrawn { get; init; }

    /// <summary>Whether a later attempt or a later push of the same tag has replaced the build, so that it is no longer offered.</summary>
    public required bool Superseded { get; init; }

    /// <summary>The system that reported the build.</summary>
    public string? Source { get; init; }

    /// <summary>The address where a person can look at the build.</summary>
    public string? Link { get; init; }

    /// <summary>When the CI system finished the build; absent where that is unknown.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What orders the build among those of its branch: <c>finish_time</c>, <c>number</c> or <c>arrival</c>.</summary>
    public required string OrderedBy { get; init; }

    /// <summary>When the build was first reported.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }
}
