using System.Security.Cryptography;
using System.Text;

namespace DevopsCd.Shared;

/// <summary>An id made from content (RFC 9562, version 8), so that the same message sent twice is the same message.</summary>
internal static class DerivedId
{
    /// <param name="scope">Whose id it is: the same content elsewhere is something else.</param>
    /// <param name="content">What it is made from.</param>
    public static Guid From(string scope, string content) => From(scope, Encoding.UTF8.GetBytes(content));

    /// <inheritdoc cref="From(string, string)" />
    public static Guid From(string scope, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(scope));
        hash.AppendData([0]);
        hash.AppendData(content);
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(bytes);

        // RFC 9562 version 8: own content, marked as such.
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes[..16], bigEndian: true);
    }
}
