using System.Globalization;
using System.Text.Json;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Reads values of foreign JSON by dotted paths; what is absent or of another kind is null.</summary>
internal static class JsonPath
{
    public static JsonElement? At(this JsonElement json, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (json.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                if (index >= json.GetArrayLength())
                    return null;
                json = json[index];
            }
            else if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
            {
                return null;
            }
        }

        return json;
    }

    /// <summary>Text that every database can hold, or a number as text.</summary>
    public static string? Text(this JsonElement json, string path) => json.At(path) switch
    {
        { ValueKind: JsonValueKind.String } value when StringOf(value) is { Length: > 0 } text => text.Replace('\0', '\uFFFD'),
        { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
        _ => null,
    };

    private static string? StringOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: JSON allows it, text does not.
            return null;
        }
    }

    public static int? Number(this JsonElement json, string path) =>
        json.At(path) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    public static IEnumerable<JsonElement> Items(this JsonElement json, string path) =>
        json.At(path) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>ISO 8601, GitLab's <c>2026-01-31 12:00:00 UTC</c>, or seconds or milliseconds since 1970.</summary>
    public static DateTimeOffset? Time(this JsonElement json, string path)
    {
        if (json.Text(path) is not { } text)
            return null;
        // Seconds of the year 5138, or milliseconds of 1973: nobody means the former.
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return count switch
            {
                > 0 and < 100_000_000_000 => DateTimeOffset.FromUnixTimeSeconds(count),
                >= 100_000_000_000 and < 100_000_000_000_000 => DateTimeOffset.FromUnixTimeMilliseconds(count),
                _ => null,
            };
        return DateTimeOffset.TryParse(
            text.Replace(" UTC", "Z", StringComparison.Ordinal), CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
    }
}
