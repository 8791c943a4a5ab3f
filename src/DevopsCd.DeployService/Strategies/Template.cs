using System.Text.RegularExpressions;

namespace DevopsCd.DeployService.Strategies;

/// <summary>Texts with placeholders like <c>{{tag}}</c>. They are filled in one pass: what is inserted is not looked at again.</summary>
internal static partial class Template
{
    public static string Fill(string template, IReadOnlyDictionary<string, string> values) =>
        Placeholder().Replace(template, m => values.GetValueOrDefault(m.Groups[1].Value, m.Value));

    /// <summary>What is wrong with the placeholders of a template: names that do not exist, and those without a value.</summary>
    public static string? Wrong(string template, IReadOnlyDictionary<string, string> values)
    {
        foreach (Match placeholder in Placeholder().Matches(template))
        {
            if (!values.TryGetValue(placeholder.Groups[1].Value, out var value))
                return $"unknown placeholder {placeholder.Value}; known: {string.Join(", ", values.Keys.Select(k => $"{{{{{k}}}}}"))}";
            if (value.Length == 0)
                return $"{placeholder.Value} is empty: the image has no {placeholder.Groups[1].Value}";
        }
        return null;
    }

    /// <summary>The same, and whether a placeholder is unfinished: for texts in which no other braces have a meaning.</summary>
    public static string? WrongOrUnfinished(string template, IReadOnlyDictionary<string, string> values) =>
        Wrong(template, values) ?? (Placeholder().Replace(template, "") is var rest
            && (rest.Contains("{{", StringComparison.Ordinal) || rest.Contains("}}", StringComparison.Ordinal))
            ? $"an unfinished placeholder; known: {string.Join(", ", values.Keys.Select(k => $"{{{{{k}}}}}"))}"
            : null);

    [GeneratedRegex(@"\{\{ *([^{}]*?) *\}\}")]
    private static partial Regex Placeholder();
}
