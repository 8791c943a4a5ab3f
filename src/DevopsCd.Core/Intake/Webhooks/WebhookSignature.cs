using System.Security.Cryptography;
using System.Text;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Comparisons that take the same time whether they succeed or not.</summary>
internal static class WebhookSignature
{
    public static byte[] Hmac(string secret, ReadOnlySpan<byte> data) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), data);

    public static bool IsHex(string? claimed, ReadOnlySpan<byte> expected) =>
        IsText(claimed?.ToLowerInvariant(), Convert.ToHexStringLower(expected));

    public static bool IsText(string? claimed, string expected)
    {
        // Both are hashed first, so that not even the length shows.
        var a = SHA256.HashData(Encoding.UTF8.GetBytes(claimed ?? ""));
        var b = SHA256.HashData(Encoding.UTF8.GetBytes(expected));
        return CryptographicOperations.FixedTimeEquals(a, b) & claimed is not null;
    }

    /// <summary>A secret as itself: <c>Authorization: Bearer …</c>, <c>Authorization: …</c>, the password of <c>Basic</c>, or <c>X-Intake-Token</c>.</summary>
    public static bool HasToken(WebhookRequest request, string secret)
    {
        var authorization = request["Authorization"];
        var bearer = authorization?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true ? authorization[7..] : authorization;
        return IsText(bearer, secret) | IsText(PasswordOf(authorization), secret) | IsText(request["X-Intake-Token"], secret);
    }

    // Senders that can set no header can still write https://any:secret@host/….
    private static string? PasswordOf(string? authorization)
    {
        var bytes = new byte[authorization?.Length ?? 0];
        if (Prefixed(authorization, "Basic ") is not { } encoded || !Convert.TryFromBase64String(encoded, bytes, out var length))
            return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>A token, or <c>X-Signature-256: sha256=…</c> over the body.</summary>
    public static bool HasTokenOrSignature(WebhookRequest request, string secret) =>
        HasToken(request, secret) | IsHex(Prefixed(request["X-Signature-256"], "sha256="), Hmac(secret, request.Body.Span));

    /// <summary>
    /// Gitea and Forgejo sign the JSON, also where they send it in a form; somebody who signs the form itself means the same.
    /// </summary>
    public static bool HasSignatureOfContent(WebhookRequest request, string header, string secret)
    {
        var genuine = IsHex(request[header], Hmac(secret, request.Body.Span));
        return request.FormPayload is { } content ? genuine | IsHex(request[header], Hmac(secret, content.Span)) : genuine;
    }

    public static string? Prefixed(string? header, string prefix) =>
        header is not null && header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? header[prefix.Length..] : null;
}
