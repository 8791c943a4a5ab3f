namespace DevopsCd.Contracts;

/// <summary>A CI pipeline reports a build. Repeating it changes nothing.</summary>
public sealed record BuildCompleted
{
    /// <summary>The application's name.</summary>
    public required string Application { get; init; }

    /// <summary>The CI's number of the build, unique for the application.</summary>
    public required string BuildNumber { get; init; }

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

    /// <summary>How the build stands. Only a success is ever released.</summary>
    public required BuildStatus Status { get; init; }

    /// <summary>The system that says so.</summary>
    public string? Source { get; init; }

    /// <summary>Where a person can look at the build.</summary>
    public string? Link { get; init; }

    /// <summary>When the CI finished it; orders builds, never their arrival.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
