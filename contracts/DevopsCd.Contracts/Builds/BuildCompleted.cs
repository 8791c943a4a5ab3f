namespace DevopsCd.Contracts;

/// <summary>
/// A CI pipeline reports a build. Repeating it changes nothing; a later report about the same build wins, by attempt, then by finish time, then
/// by arrival. Other content under a number that is known is a newer build.
/// </summary>
public sealed record BuildCompleted
{
    /// <summary>The name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>The CI system's number of the build, unique within the application.</summary>
    public required string BuildNumber { get; init; }

    /// <summary>The CI system's count of runs under this number, from 1; absent where it does not count.</summary>
    public int? Attempt { get; init; }

    /// <summary>The branch it was built from.</summary>
    public required string Branch { get; init; }

    /// <summary>The commit it was built from.</summary>
    public required string CommitId { get; init; }

    /// <summary>The commit's message.</summary>
    public string? CommitMessage { get; init; }

    /// <summary>The commit's author.</summary>
    public string? CommitAuthor { get; init; }

    /// <summary>The image without tag, for example <c>registry.example/shop/order</c>.</summary>
    public required string ImageName { get; init; }

    /// <summary>The image's tag.</summary>
    public required string ImageTag { get; init; }

    /// <summary>The image's digest, <c>sha256:…</c>, where it is known.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>How the build stands; only a success is ever released.</summary>
    public required BuildStatus Status { get; init; }

    /// <summary>The system that reports the build.</summary>
    public string? Source { get; init; }

    /// <summary>The address where a person can look at the build.</summary>
    public string? Link { get; init; }

    /// <summary>When the CI system finished the build. It orders builds; a time that cannot be true counts as unknown.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
