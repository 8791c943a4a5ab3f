using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Contracts;

namespace DevopsCd.Host.Api;

/// <summary>Says what is wrong with a request without the inside's type names.</summary>
internal static partial class JsonErrors
{
    public static string Readable(BadHttpRequestException error)
    {
        if (error.InnerException is JsonException json)
            return $"{json.Path}: {Readable(json)}";
        if (error.Message.Contains("no body was provided", StringComparison.Ordinal) || error.Message.EndsWith("was not provided from body.", StringComparison.Ordinal))
            return "The body is missing; send a JSON object.";
        return Unbound().Match(error.Message) is { Success: true } parameter
            ? $"{parameter.Groups["name"].Value}: '{parameter.Groups["value"].Value}' is not of the kind that is expected here."
            : error.Message;
    }

    public static string Readable(JsonException error)
    {
        const string missing = "including: ";
        if (error.Message.IndexOf(missing, StringComparison.Ordinal) is var at and >= 0)
        {
            var names = error.Message[(at + missing.Length)..];
            var end = names.IndexOf(". Path", StringComparison.Ordinal);
            return $"required but missing: {(end < 0 ? names.TrimEnd('.') : names[..end])}";
        }
        if (error.Message.Contains("doesn't allow setting null", StringComparison.Ordinal))
            return "must not be null";
        return Unconvertible().Match(error.Message) is { Success: true } value ? Wanted(value.Groups["type"].Value) : "the JSON is broken here";
    }

    private static string Wanted(string type)
    {
        if (typeof(StrictEnumConverter<>).Assembly.GetType(type) is { IsEnum: true } names)
            return $"must be one of {string.Join(", ", Enum.GetNames(names).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}";
        return type switch
        {
            "System.String" => "must be text in quotes",
            "System.Boolean" => "must be true or false",
            "System.Int32" or "System.Int64" => "must be a whole number",
            "System.DateTimeOffset" => "must be a time such as \"2026-03-02T09:30:00Z\"",
            "System.Guid" => "must be an id such as \"7d9f6f0e-3f0b-4c39-9a55-0b7a1c2d3e4f\"",
            _ when type.StartsWith("System.Collections.", StringComparison.Ordinal) => type.Contains("Dictionary", StringComparison.Ordinal) ? "must be an object" : "must be a list",
            _ when type.StartsWith("DevopsCd.", StringComparison.Ordinal) => "must be an object",
            _ => "has the wrong type"
        };
    }

    [GeneratedRegex(@"^The JSON value could not be converted to (System\.Nullable`1\[)?(?<type>[\w.]*\w)")]
    private static partial Regex Unconvertible();

    [GeneratedRegex("^Failed to bind parameter \"\\S+ (?<name>\\w+)\" from \"(?<value>.*)\"\\.$", RegexOptions.Singleline)]
    private static partial Regex Unbound();
}
