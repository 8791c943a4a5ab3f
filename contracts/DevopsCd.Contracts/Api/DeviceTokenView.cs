using System.Text.Json.Serialization;

namespace DevopsCd.Contracts.Api;

/// <summary>The token of a program's login, as RFC 6749 names it.</summary>
public sealed record DeviceTokenView
{
    /// <summary>The token: send it as <c>Authorization: Bearer</c>.</summary>
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    /// <summary>How it is sent: <c>Bearer</c>.</summary>
    [JsonPropertyName("token_type")]
    public required string TokenType { get; init; }

    /// <summary>For how many seconds it is valid.</summary>
    [JsonPropertyName("expires_in")]
    public required int ExpiresIn { get; init; }
}
