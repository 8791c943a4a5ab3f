using System.Text.RegularExpressions;

namespace DevopsCd.Core.Builds;

/// <summary>Tells by a tag what is pushed to a registry beside the application's image.</summary>
internal static partial class ArtifactTags
{
    /// <summary>
    /// Whether a tag belongs to what is attached to an image: <c>sha256-….sig</c>, <c>.att</c> and <c>.sbom</c> of cosign, and the bare
    /// <c>sha256-…</c> under which the distribution specification lists an image's referrers.
    /// </summary>
    public static bool IsAttached(string tag) => Attached().IsMatch(tag);

    /// <summary>Why what was pushed is no image that runs, as far as names tell; null when it may be one.</summary>
    public static string? WhyNot(string? image, string tag) =>
        IsAttached(tag) || Beside().IsMatch(tag) ? "a signature, an attestation or an SBOM"
        : Cache().IsMatch(tag) || image?.Split('/')[^1] is "buildcache" or "build-cache" ? "a build cache"
        : Platform().IsMatch(tag) ? "the image of a single platform"
        : null;

    [GeneratedRegex(@"^sha(256|512)-[0-9a-f]{32,128}(\.[A-Za-z0-9_-]+)*\z|\.(sig|att|sbom)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Attached();

    [GeneratedRegex(@"-(sbom|attestation|provenance)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Beside();

    // buildx writes what people tell it to, mostly "buildcache"; kaniko's tags are the bare key of a layer.
    [GeneratedRegex(@"^(build-?)?cache([._-].*)?\z|[._-](build-?)?cache\z|^[0-9a-f]{64}\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Cache();

    [GeneratedRegex(@"(^|[._-])((linux|windows|darwin|freebsd)[._-])?(amd64|x86[_-]64|i[36]86|arm64(v8)?|arm32v[567]|arm(-?v[567])?|armhf|aarch64|ppc64le|s390x|riscv64|mips64le|loong64)([._-]v[0-9])?\z|(linux|windows|freebsd)[._-]386\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Platform();
}
