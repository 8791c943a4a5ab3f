using System.Text.Json;

namespace DevopsCd.Contracts.Api;

/// <summary>Sends a parked message again.</summary>
public sealed record ReplayBody
{
    /// <summary>The message to send instead; null sends what was parked.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>Its type, where the parked message does not say: <c>ApproveBatch</c>.</summary>
    public string? MessageType { get; init; }
}
