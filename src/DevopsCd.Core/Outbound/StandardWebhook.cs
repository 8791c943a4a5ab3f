using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DevopsCd.Core.Outbound;

/// <summary>
/// Signs calls as Standard Webhooks ask: <c>webhook-id</c>, <c>webhook-timestamp</c> and
/// <c>webhook-signature: v1,Base64(HMAC-SHA256(secret, "id.timestamp.body"))</c>.
/// </summary>
internal static class StandardWebhook
{
    private const string Prefix = "whsec_";

    /// <summary>Adds the headers.</summary>
    /// <param name="request">The call.</param>
    /// <param name="id">What is told: the same when it is told again, so that the receiver takes it once.</param>
    /// <param name="now">The time.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="secret">Null or empty: the call is not signed.</param>
    public static void Sign(HttpRequestMessage request, string id, DateTimeOffset now, ReadOnlySpan<byte> body, string? secret)
    {
        var timestamp = now.ToUnixTimeSeconds();
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        if (secret is { Length: > 0 })
            request.Headers.Add("webhook-signature", Signature(id, timestamp, body, secret));
    }

    /// <summary>A secret written <c>whsec_…</c> is Base64; any other is taken as it is.</summary>
    public static string Signature(string id, long timestamp, ReadOnlySpan<byte> body, string secret)
    {
        var key = secret.StartsWith(Prefix, StringComparison.Ordinal) ? Convert.FromBase64String(secret[Prefix.Length..]) : Encoding.UTF8.GetBytes(secret);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

    /// <summary>Whether a secret is what it says it is.</summary>
    public static bool IsKey(string secret) => !secret.StartsWith(Prefix, StringComparison.Ordinal)
        || Convert.TryFromBase64String(secret[Prefix.Length..], new byte[secret.Length], out _);
}
