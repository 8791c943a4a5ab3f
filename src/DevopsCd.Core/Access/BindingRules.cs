using System.Text.RegularExpressions;
using DevopsCd.Shared;

namespace DevopsCd.Core.Access;

/// <summary>What a binding may say, whether it comes from the configuration or from a person.</summary>
internal static partial class BindingRules
{
    private const int LongestSubject = 200;

    private static readonly string s_kinds =
        string.Join(", ", Enum.GetValues<SubjectKind>().Where(kind => kind != SubjectKind.System).Select(kind => $"{EnumNames<SubjectKind>.Of(kind)}:<name>"));

    public static Sentence SubjectForm { get; } = $"must be one of {s_kinds}, in at most {LongestSubject} visible characters";

    /// <summary>Every wrong field with what is allowed.</summary>
    public static IEnumerable<(string Field, Sentence Allowed)> Problems(string subject, string role, string project, IReadOnlyCollection<string> roles)
    {
        if (subject.Length > LongestSubject || PrintableText.Of(subject) != subject || !Subject.TryParse(subject, out var kind, out _)
            || kind == SubjectKind.System)
            yield return ("subject", SubjectForm);
        if (!roles.Contains(role, StringComparer.Ordinal))
            yield return ("role", $"must be one of: {string.Join(", ", roles)}");
        if (project != Projects.All && !IsProject(project))
            yield return ("project", $"must be * or the name of a project: {ProjectWords}");
    }

    /// <summary>What a project's name is made of.</summary>
    public const string ProjectForm = "1 to 64 lower-case letters, digits, hyphens, underscores or dots, beginning with a letter or digit";

    /// <summary>The same, to be said.</summary>
    public static Sentence ProjectWords { get; } = ProjectForm;

    public static bool IsProject(string project) => ProjectName().IsMatch(project);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ProjectName();
}
