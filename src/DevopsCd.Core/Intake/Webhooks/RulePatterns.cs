namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Patterns over what a build says of itself; <c>*</c> stands for any text.</summary>
internal class RulePatterns
{
    public string? Source { get; init; }

    public string? Repository { get; init; }

    public string? Branch { get; init; }

    /// <summary>The git tag; of a registry's event the image's.</summary>
    public string? Tag { get; init; }

    /// <summary>What started the build: <c>push</c>, <c>schedule</c>, <c>merge_request_event</c>.</summary>
    public string? Event { get; init; }

    /// <summary>The path of the pipeline's file.</summary>
    public string? Path { get; init; }

    public string? Job { get; init; }

    private IEnumerable<(string What, string? Pattern, IReadOnlyList<string> Values)> On(string source, ReportedBuild build) =>
    [
        ("source", Source, [source]), ("repository", Repository, One(build.Repository)), ("branch", Branch, One(build.Branch)), ("tag", Tag, One(build.Tag)),
        ("event", Event, One(build.Event)), ("path", Path, One(build.Path)), ("job", Job, build.Jobs),
    ];

    /// <summary>The first pattern that is not met, in words; null when all are.</summary>
    protected string? Unmet(string source, ReportedBuild build) => On(source, build)
        .Where(p => p.Pattern is not null && !p.Values.Any(v => IsMet(p.Pattern, v)))
        .Select(p => p.Values.Count == 0
            ? $"the build names no {p.What}, the rule requires '{p.Pattern}'"
            : $"{p.What} '{string.Join("', '", p.Values.Take(10))}'{(p.Values.Count > 10 ? $" and {p.Values.Count - 10} more are" : " is")} not '{p.Pattern}'")
                .FirstOrDefault();

    /// <summary>The first pattern that is met, in words; null when none is.</summary>
    public string? Met(string source, ReportedBuild build) => On(source, build).Where(p => p.Pattern is not null && p.Values.Any(v => IsMet(p.Pattern, v)))
        .Select(p => $"{p.What} '{p.Values.First(v => IsMet(p.Pattern!, v))}' is excepted by '{p.Pattern}'").FirstOrDefault();

    private static IReadOnlyList<string> One(string? value) => value is null ? [] : [value];

    /// <summary>Whether a value matches a pattern. By hand, not by regular expression: the value is a stranger's and the work must stay linear.</summary>
    public static bool IsMet(string pattern, string value)
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
