using System.Globalization;
using System.Text.RegularExpressions;
using DevopsCd.Core.Builds;
using DevopsCd.Core.MessageContracts;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Says which builds belong to an application: every pattern that is given has to match, and none of <see cref="Except" />.</summary>
internal sealed partial class BuildRule : RulePatterns
{
    private const int LongestTemplate = 500;

    public string Application { get; init; } = "";

    /// <summary>What is not taken although the rest matches; one that matches is enough.</summary>
    public RulePatterns Except { get; init; } = new();

    /// <summary>The image, where the sender does not name it.</summary>
    public string? Image { get; init; }

    /// <summary>The image's tag, where the sender does not name it: text with <c>{number} {attempt} {branch} {tag} {commit} {short}</c>.</summary>
    [ConfigurationKeyName("image_tag")]
    public string ImageTag { get; init; } = "{number}";

    /// <summary>The branch the build counts for, where it was not built from a branch or the sender names none.</summary>
    [ConfigurationKeyName("as_branch")]
    public string? AsBranch { get; init; }

    /// <summary>Takes also what by its tag is a cache or the image of a single platform.</summary>
    [ConfigurationKeyName("any_artifact")]
    public bool AnyArtifact { get; init; }

    /// <summary>Null when it matches, otherwise why not.</summary>
    public string? WhyNot(string source, ReportedBuild build) => Unmet(source, build) ?? Except.Met(source, build);

    /// <summary>Whether it would match, were it not for <see cref="Except" />: then nothing else may give the build to the application.</summary>
    public bool Excludes(string source, ReportedBuild build) => Unmet(source, build) is null && Except.Met(source, build) is not null;

    /// <summary>The tag's text in one pass: what is inserted is a stranger's, and braces in it mean nothing.</summary>
    public string TagOf(ReportedBuild build) => Placeholder().Replace(ImageTag, hole => hole.Value switch
    {
        "{number}" => build.Number,
        "{attempt}" => build.Attempt.ToString(CultureInfo.InvariantCulture),
        "{branch}" => NoTagCharacter().Replace(build.Branch ?? "", "-"),
        "{tag}" => NoTagCharacter().Replace(build.Tag ?? "", "-"),
        "{commit}" => build.CommitId ?? "",
        "{short}" => build.CommitId is { Length: > 8 } commit ? commit[..8] : build.CommitId ?? "",
        _ => hole.Value,
    });

    /// <summary>Every wrong value with what is allowed.</summary>
    public IEnumerable<string> Wrong(string key)
    {
        if (string.IsNullOrWhiteSpace(Application))
            yield return $"{key}:application is missing";
        if (Image is { } image && FieldRules.For("imageName").Wrong(image) is { } wrongImage)
            yield return $"{key}:image {wrongImage}";
        if (AsBranch is { } branch
            && (FieldRules.For("branch").Wrong(branch) ?? (GitRef.Of(branch).Branch is null ? "must be a branch" : null)) is { } wrongBranch)
            yield return $"{key}:as_branch {wrongBranch}";
        if (ImageTag.Length > LongestTemplate)
            yield return $"{key}:image_tag must have at most {LongestTemplate} characters";
        if (Placeholder().Replace(ImageTag, "").AsSpan().IndexOfAny('{', '}') >= 0)
            yield return $"{key}:image_tag may hold {{number}} {{attempt}} {{branch}} {{tag}} {{commit}} {{short}} and no other braces";
    }

    [GeneratedRegex("\\{(number|attempt|branch|tag|commit|short)\\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex("[^A-Za-z0-9_.-]", RegexOptions.CultureInvariant)]
    private static partial Regex NoTagCharacter();
}
