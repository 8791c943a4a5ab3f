using System.Text.Json;

namespace DevopsCd.Contracts.Api;

/// <summary>A webhook to try: nothing is stored.</summary>
public sealed record WebhookTry
{
    /// <summary>The kind of sender, for example <c>github</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Its headers, for example <c>X-GitHub-Event</c>.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Its body.</summary>
    public required JsonElement Body { get; init; }
}
