using System.Text.Json;

namespace DevopsCd.Contracts.Api;

/// <summary>How a parked message is sent again.</summary>
public sealed record ReplayBody
{
    /// <summary>A corrected message to send instead; without it the message is sent as it was parked.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>The type of the message, for example <c>ApproveBatch</c>; needed where the parked message does not say.</summary>
    public string? MessageType { get; init; }
}
