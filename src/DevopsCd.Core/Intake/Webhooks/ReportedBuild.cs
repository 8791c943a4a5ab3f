using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>A build in a sender's words, before a rule says which application it belongs to.</summary>
internal sealed record ReportedBuild
{
    /// <summary>The application, where the sender names it itself.</summary>
    public string? Application { get; init; }

    public string? Repository { get; init; }

    public string? Branch { get; init; }

    /// <summary>The git tag it was built from.</summary>
    public string? Tag { get; init; }

    /// <summary>The path of the pipeline's file.</summary>
    public string? Path { get; init; }

    /// <summary>The names of its job, workflow or pipeline; GitLab names every job of a pipeline.</summary>
    public IReadOnlyList<string> Jobs { get; init; } = [];

    /// <summary>The CI's number; a re-run of the same number has a higher <see cref="Attempt" />.</summary>
    public required string Number { get; init; }

    public int Attempt { get; init; } = 1;

    public required BuildStatus Status { get; init; }

    public string? CommitId { get; init; }

    public string? CommitMessage { get; init; }

    public string? CommitAuthor { get; init; }

    public string? Image { get; init; }

    public string? ImageTag { get; init; }

    public string? Digest { get; init; }

    public string? Link { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>A re-run is a build of its own: it made another image.</summary>
    public string BuildNumber => Attempt > 1 ? $"{Number}.{Attempt}" : Number;

    public static IReadOnlyList<string> Named(string? job) => job is null ? [] : [job];
}
