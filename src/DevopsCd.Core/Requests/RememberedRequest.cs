using DevopsCd.Shared;

namespace DevopsCd.Core.Requests;

/// <summary>
/// A request that was sent under a key of its caller's, and what it was answered. Its row is committed together with what the request
/// changes.
/// </summary>
internal sealed class RememberedRequest
{
    /// <summary>Made from the caller, the route and the key: <see cref="IdOf" />.</summary>
    public Guid Id { get; set; }

    /// <summary>Tells one try from another that was sent under the same key at the same time.</summary>
    public Guid Try { get; set; }

    /// <summary>SHA-256 of what was sent, in hexadecimal: the same key with anything else is another request.</summary>
    public string Fingerprint { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>The HTTP status; null until the answer is stored, and for good where the process died before.</summary>
    public int? Status { get; set; }

    /// <summary>The headers of the answer as a JSON object.</summary>
    public string? Headers { get; set; }

    public byte[]? Body { get; set; }

    /// <param name="caller">Who asks, by kind and name.</param>
    /// <param name="route">The method and the address.</param>
    /// <param name="key">The caller's key.</param>
    public static Guid IdOf(string caller, string route, string key) => DerivedId.From("request", $"{caller}\n{route}\n{key}");
}
