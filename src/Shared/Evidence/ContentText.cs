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

    /// <summary>SHA-256 in hexadecimal.</summary>
    public static string Hash(IEnumerable<string> lines) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
}
