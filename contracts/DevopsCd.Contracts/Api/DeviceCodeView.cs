using System.Text.Json.Serialization;

namespace DevopsCd.Contracts.Api;

/// <summary>The codes of a program's login, as RFC 8628 names them.</summary>
public sealed record DeviceCodeView
{
    /// <summary>The program's secret: with it the token is asked for.</summary>
    [JsonPropertyName("device_code")]
    public required string DeviceCode { get; init; }

    /// <summary>What the person types on the page.</summary>
    [JsonPropertyName("user_code")]
    public required string UserCode { get; init; }

    /// <summary>The page on which the person types it.</summary>
    [JsonPropertyName("verification_uri")]
    public required string VerificationUri { get; init; }

    /// <summary>The address of the page with the code filled in, for a link or a QR code.</summary>
    [JsonPropertyName("verification_uri_complete")]
    public required string VerificationUriComplete { get; init; }

    /// <summary>For how many seconds the codes are valid.</summary>
    [JsonPropertyName("expires_in")]
    public required int ExpiresIn { get; init; }

    /// <summary>How many seconds to wait between two questions for the token.</summary>
    public required int Interval { get; init; }
}
