using DevopsCd.Shared.Evidence;

namespace DevopsCd.Core.Releases;

/// <summary>A hash of what a batch would deploy: applications, builds, images, order.</summary>
internal static class ContentHash
{
    public static string Of(IEnumerable<BatchRelease> releases) => Of(releases.Select(ReleaseContent.Of));

    public static string Of(IEnumerable<ReleaseContent> releases) => Hash(releases.OrderBy(r => r.Application, StringComparer.Ordinal).Select(r => r.Line));

    public static string Hash(IEnumerable<string> lines) => ContentText.Hash(lines);
}
