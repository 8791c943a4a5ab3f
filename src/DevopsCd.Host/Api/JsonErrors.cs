using System.Text.Json;
using System.Text.RegularExpressions;

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
        return error.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
            ? "the value has the wrong type or is not one of the allowed names"
            : "the JSON is broken here";
    }

    [GeneratedRegex("^Failed to bind parameter \"\\S+ (?<name>\\w+)\" from \"(?<value>.*)\"\\.$", RegexOptions.Singleline)]
    private static partial Regex Unbound();
}
