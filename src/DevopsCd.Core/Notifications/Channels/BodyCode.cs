using System.Text.Json;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>The code that chat services put into the body, whatever HTTP says.</summary>
internal static class BodyCode
{
    /// <summary>The number under <paramref name="name" />, or null when the body is something else.</summary>
    public static int? Read(string body, string name)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var code) &&
                code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number)
                ? number
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
