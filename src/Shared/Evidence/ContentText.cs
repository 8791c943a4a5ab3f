using System.Security.Cryptography;
using System.Text;

namespace DevopsCd.Shared.Evidence;

/// <summary>What the hash of a batch's content is made of: a line for each application, in the order of their names.</summary>
internal static class ContentText
{
    public static string Line(
        string application, string branch, string? buildNumber, string? commitId, string? imageName, string? imageTag, string? imageDigest,
        IEnumerable<string> dependsOn) =>
        $"{application}|{branch}|{buildNumber}|{commitId}|{imageName}:{imageTag}@{imageDigest}|{string.Join(',', dependsOn.Order(StringComparer.Ordinal))}";

    /// <summary>SHA-256 of the lines, with a line feed between each two, in hexadecimal.</summary>
    public static string Hash(IEnumerable<string> lines)
    {
        // Line by line: the text of a large batch is not put together for this.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var isFirst = true;
        foreach (var line in lines)
        {
            if (!isFirst)
                hash.AppendData("\n"u8);
            isFirst = false;
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
