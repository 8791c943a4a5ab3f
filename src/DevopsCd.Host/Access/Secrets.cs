using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DevopsCd.Host.Access;

/// <summary>Secrets that the program makes: random, so a plain hash is enough to recognise one by.</summary>
internal static class Secrets
{
    /// <summary>256 random bits as 43 letters that may stand in an address.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What the database keeps of a secret: its SHA-256 in hex.</summary>
    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
