using System.Text.Json;
using System.Text.Unicode;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Why a body cannot be read. The sender is told at once: what is only found out afterwards, nobody looks at.</summary>
/// <param name="IsMediaType">Whether another content type or encoding would mend it.</param>
/// <param name="Why">What is wrong and what would be right.</param>
internal sealed record UnreadableBody(bool IsMediaType, string Why)
{
    private const int LongestType = 100;

    /// <returns>Null when the body can be read.</returns>
    public static UnreadableBody? Of(IWebhookSource source, WebhookRequest request)
    {
        if (request["Content-Encoding"] is { } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return new(true, $"content encoding '{Shown(encoding)}' is not accepted; send the body as it is");
        if (request.FormPayload is not null && !source.SendsForms)
            return new(true, $"content type '{Shown(request["Content-Type"])}' is not accepted; send application/json");
        if (request.Content.IsEmpty)
            return new(false, "the body is empty");
        try
        {
            var kind = KindOf(request.Content.Span);
            return kind == JsonTokenType.StartObject || (kind == JsonTokenType.StartArray && source.SendsLists) ? null
                : new(false, "the body must be a JSON object");
        }
        catch (JsonException malformed)
        {
            return IsJson(request)
                ? new(false, $"the body is not valid JSON: {malformed.Message}")
                : new(true, $"content type '{Shown(request["Content-Type"])}' is not accepted; send application/json{(source.SendsForms ? ", or application/x-www-form-urlencoded with the JSON in the field payload" : "")}");
        }
    }

    private static JsonTokenType KindOf(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            throw new JsonException("it is not UTF-8");
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var kind = reader.TokenType;
        while (reader.Read())
        {
            // To the end: what is valid so far may be cut off.
        }

        return kind;
    }

    // One that names no type means JSON, as nearly all senders do.
    private static bool IsJson(WebhookRequest request)
    {
        var charset = request["Content-Type"]?.Split("charset=", 2) is [_, var named] ? named.Trim('"', ' ', ';') : "utf-8";
        return (request.MediaType is not { } type || type.EndsWith("json", StringComparison.Ordinal)) &&
            charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
    }

    private static string Shown(string? text) => text is null ? "" : text.Length <= LongestType ? text : text[..LongestType];
}
