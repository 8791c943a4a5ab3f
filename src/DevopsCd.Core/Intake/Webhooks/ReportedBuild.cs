using DevopsCd.Contracts;
using DevopsCd.Core.Builds;
using DevopsCd.Core.MessageContracts;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>A build in a sender's words, before a rule says which application it belongs to.</summary>
internal sealed record ReportedBuild
{
    private const int MostJobs = 500;

    private const int LongestJob = 200;

    private const int LongestAuthor = 200;

    private const int LongestMessage = 4096;

    /// <summary>The application, where the sender names it itself.</summary>
    public string? Application { get; init; }

    public string? Repository { get; init; }

    /// <summary>The branch in any form git knows; a tag or a pull request in its place is seen as what it is.</summary>
    public string? Branch { get; init; }

    /// <summary>The git tag it was built from.</summary>
    public string? Tag { get; init; }

    /// <summary>What started it, in the sender's word.</summary>
    public string? Event { get; init; }

    /// <summary>Why it is not a build of its branch, so that it counts for one only by a rule's <c>as_branch</c>; null when it is.</summary>
    public string? NotOfBranch { get; init; }

    /// <summary>What was pushed, where the sender says that it is no image that runs; null when it may be one.</summary>
    public string? NoImage { get; init; }

    /// <summary>What was assumed because the sender does not say it.</summary>
    public IReadOnlyList<string> Assumed { get; init; } = [];

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

    public static IReadOnlyList<string> Named(string? job) => job is null ? [] : [job];

    /// <summary>
    /// The build with its branch in the short form, and with what is only shown cut to what is kept: a long commit message loses no build.
    /// </summary>
    /// <exception cref="FormatException">A value that means something is too long; nothing has been made of it yet.</exception>
    public ReportedBuild Bounded()
    {
        Check("application", Application);
        Check("buildNumber", Number);
        Check("branch", Branch);
        Check("branch", Tag);
        Check("commitId", CommitId);
        Check("imageName", Image);
        Check("imageTag", ImageTag);
        Check("imageDigest", Digest);
        Check("repository", Repository);
        Check("path", Path);
        var git = Branch is null ? null : GitRef.Of(Branch);
        return this with
        {
            Branch = git?.Branch,
            Tag = Tag ?? git?.Tag,
            NotOfBranch = NotOfBranch ?? (git?.Request is { } request ? $"built for {request}, not from the branch" : null),
            Jobs = [.. Jobs.Select(j => Shown(j, LongestJob)).Distinct(StringComparer.Ordinal).Take(MostJobs)],
            CommitMessage = CommitMessage is { } message ? Cut(message, LongestMessage) : null,
            CommitAuthor = CommitAuthor is { } author && Shown(author, LongestAuthor) is { Length: > 0 } name ? name : null,
            Link = Link is { } link && FieldRules.For("link").Wrong(link) is null ? link : null,
        };
    }

    private static void Check(string field, string? value)
    {
        if (value?.Length > FieldRules.For(field).Longest)
            throw new FormatException($"{field} must have at most {FieldRules.For(field).Longest} characters, has {value.Length}");
    }

    private static string Shown(string text, int longest) => string.Concat(Cut(text, longest).Select(c => char.IsControl(c) ? ' ' : c)).Trim();

    // Never in the middle of a pair: half of one is no text.
    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
}
