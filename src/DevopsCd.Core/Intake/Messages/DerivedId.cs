using System.Security.Cryptography;
using System.Text;

namespace DevopsCd.Core.Intake.Messages;

/// <summary>A message id made from content, so that the same message sent twice is the same message.</summary>
internal static class DerivedId
{
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
