using System.Text.RegularExpressions;

namespace DevopsCd.Core.MessageContracts;

/// <summary>What the text of a field must look like. The JSON schemas say the same, because they are made from it.</summary>
internal sealed record FieldRule(int Longest, string? Pattern = null, string? PatternInWords = null)
{
    // In .NET '$' is also true before a line feed at the end; in a JSON schema it is not.
    private readonly Regex? _pattern = Pattern is null ? null : new Regex(
        Pattern.EndsWith('$') ? $@"{Pattern[..^1]}\z" : Pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    public string? Wrong(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "must not be empty";
        if (text.Length > Longest)
            return $"must have at most {Longest} characters, has {text.Length}";
        if (text.Contains('\0'))
            return "must not contain the character U+0000";
        return _pattern is null || _pattern.IsMatch(text) ? null : $"must be {PatternInWords}";
    }
}
