using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Says which builds belong to an application. Every pattern that is given has to match; <c>*</c> stands for any text.</summary>
internal sealed class BuildRule
{
    public string Application { get; init; } = "";

    public string? Source { get; init; }

    public string? Repository { get; init; }

    public string? Branch { get; init; }

    /// <summary>The git tag.</summary>
    public string? Tag { get; init; }

    /// <summary>The path of the pipeline's file.</summary>
    public string? Path { get; init; }

    public string? Job { get; init; }

    /// <summary>The image, where the sender does not name it.</summary>
    public string? Image { get; init; }

    /// <summary>The image's tag, where the sender does not name it: text with <c>{number} {attempt} {branch} {tag} {commit} {short}</c>.</summary>
    [ConfigurationKeyName("image_tag")]
    public string ImageTag { get; init; } = "{number}";

    /// <summary>The branch the build counts for, where the sender names none.</summary>
    [ConfigurationKeyName("as_branch")]
    public string? AsBranch { get; init; }

    /// <summary>Null when it matches, otherwise why not.</summary>
    public string? WhyNot(string source, ReportedBuild build) =>
        Differs("source", Source, source) ?? Differs("repository", Repository, build.Repository) ?? Differs("branch", Branch, build.Branch)
        ?? Differs("tag", Tag, build.Tag) ?? Differs("path", Path, build.Path) ?? Differs("job", Job, build.Jobs);

    public string TagOf(ReportedBuild build) => ImageTag
        .Replace("{number}", build.Number, StringComparison.Ordinal)
        .Replace("{attempt}", build.Attempt.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{branch}", build.Branch?.Replace('/', '-'), StringComparison.Ordinal)
        .Replace("{tag}", build.Tag, StringComparison.Ordinal)
        .Replace("{commit}", build.CommitId, StringComparison.Ordinal)
        .Replace("{short}", build.CommitId is { Length: > 8 } commit ? commit[..8] : build.CommitId, StringComparison.Ordinal);

    private static string? Differs(string what, string? pattern, string? value) => Differs(what, pattern, value is null ? [] : [value]);

    private static string? Differs(string what, string? pattern, IReadOnlyList<string> values)
    {
        if (pattern is null || values.Any(value => Matches(pattern, value)))
            return null;
        return values.Count == 0 ? $"the build names no {what}, the rule wants '{pattern}'" : $"{what} '{string.Join("', '", values)}' is not '{pattern}'";
    }

    // By hand, not by regular expression: the value is a stranger's and the work must stay linear.
    private static bool Matches(string pattern, string value)
    {
        var (p, v, star, mark) = (0, 0, -1, 0);
        while (v < value.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (star, mark) = (p++, v);
            else if (p < pattern.Length && char.ToLowerInvariant(pattern[p]) == char.ToLowerInvariant(value[v]))
                (p, v) = (p + 1, v + 1);
            else if (star >= 0)
                (p, v) = (star + 1, ++mark);
            else
                return false;
        }

        return pattern.AsSpan(p).IndexOfAnyExcept('*') < 0;
    }
}
