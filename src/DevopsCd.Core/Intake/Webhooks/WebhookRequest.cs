using System.Text;
using System.Text.Json;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>A webhook as it came: headers without regard to case, the body's bytes untouched.</summary>
internal sealed class WebhookRequest(IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly Dictionary<string, string> _headers = new(headers, StringComparer.OrdinalIgnoreCase);

    private readonly Lazy<ReadOnlyMemory<byte>?> _payload = new(() => Payload(body.Span));

    public ReadOnlyMemory<byte> Body => body;

    public DateTimeOffset ReceivedAt => receivedAt;

    public IReadOnlyDictionary<string, string> Headers => _headers;

    public string? this[string header] => _headers.TryGetValue(header, out var value) && value.Length > 0 ? value : null;

    /// <summary>Its media type in lower case, without parameters; null where it names none.</summary>
    public string? MediaType => this["Content-Type"]?.Split(';', 2)[0].Trim().ToLowerInvariant();

    /// <summary>The JSON of a form that holds it in the field <c>payload</c>; null where the body is no such form.</summary>
    public ReadOnlyMemory<byte>? FormPayload => MediaType == "application/x-www-form-urlencoded" ? _payload.Value : null;

    /// <summary>The bytes of the JSON: the body itself, or what a form holds.</summary>
    public ReadOnlyMemory<byte> Content
    {
        get
        {
            var content = FormPayload ?? body;
            return content.Span.StartsWith(ByteOrderMark) ? content[3..] : content;
        }
    }

    /// <exception cref="JsonException">The body is no JSON.</exception>
    public JsonElement Json()
    {
        using var document = JsonDocument.Parse(Content);
        return document.RootElement.Clone();
    }

    private static ReadOnlyMemory<byte>? Payload(ReadOnlySpan<byte> form)
    {
        foreach (var range in form.Split((byte)'&'))
            if (form[range] is var pair && pair.StartsWith("payload="u8))
                return Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Encoding.UTF8.GetString(pair["payload=".Length..]).Replace('+', ' ')));
        return null;
    }
}
