using System.Security.Cryptography;
using System.Text;

namespace DevopsCd.Core.Batches;

/// <summary>A hash of what a batch would deploy: applications, builds, images, order.</summary>
internal static class ContentHash
{
    public static string Of(IEnumerable<BatchRelease> releases)
    {
        var lines = releases.OrderBy(r => r.App.Name, StringComparer.Ordinal)
            .Select(r => $"{r.App.Name}|{r.Branch}|{r.Build?.BuildNumber}|{r.CommitId}|{r.ImageName}:{r.ImageTag}@{r.ImageDigest}|{string.Join(',', r.DependsOn.Order(StringComparer.Ordinal))}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }
}
