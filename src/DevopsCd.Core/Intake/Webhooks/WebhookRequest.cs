using System.Text.Json;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>A webhook as it came: headers without regard to case, the body's bytes untouched.</summary>
internal sealed class WebhookRequest(IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
{
    private readonly Dictionary<string, string> _headers = new(headers, StringComparer.OrdinalIgnoreCase);

    public ReadOnlyMemory<byte> Body => body;

    public DateTimeOffset ReceivedAt => receivedAt;

    public IReadOnlyDictionary<string, string> Headers => _headers;

    public string? this[string header] => _headers.TryGetValue(header, out var value) && value.Length > 0 ? value : null;

    /// <exception cref="JsonException">The body is no JSON.</exception>
    public JsonElement Json()
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }
}
