using System.Text.Json;

namespace DevopsCd.Host.Api;

/// <summary>Says what is wrong with a body without the inside's type names.</summary>
internal static class JsonErrors
{
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
}
