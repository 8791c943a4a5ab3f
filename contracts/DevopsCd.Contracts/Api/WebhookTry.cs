using System.Text.Json;

namespace DevopsCd.Contracts.Api;

/// <summary>A webhook to try out; nothing is stored.</summary>
public sealed record WebhookTry
{
    /// <summary>The kind of sender, for example <c>github</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The headers of the webhook, for example <c>X-GitHub-Event</c>.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body of the webhook.</summary>
    public required JsonElement Body { get; init; }
}
