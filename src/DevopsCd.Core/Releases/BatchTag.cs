using System.Globalization;

namespace DevopsCd.Core.Releases;

/// <summary>
/// The ETag of a batch: <c>version-content-pins-view</c>. Whoever changes something holds to the first three; how far deployments have come
/// is in the last one alone, which tells a reader that there is something new. A version alone is a tag, too.
/// </summary>
internal sealed record BatchTag(int Version, string? Content = null, string? Pins = null)
{
    /// <summary>Characters of the content hash in a tag.</summary>
    public const int ContentLength = 16;

    private const int PinsLength = 8;

    /// <param name="batch">The batch.</param>
    /// <param name="releases">All of its releases, with application and build.</param>
    public static BatchTag Of(Batch batch, IReadOnlyCollection<BatchRelease> releases) =>
        Of(batch.Version, ContentHash.Of(releases), releases.Select(r => (r.App.Name, r.PinnedBy)));

    /// <param name="version">The batch's version.</param>
    /// <param name="contentHash">The hash of its content.</param>
    /// <param name="pins">Of every application, who has pinned its build.</param>
    public static BatchTag Of(int version, string contentHash, IEnumerable<(string Application, string? PinnedBy)> pins) => new(
        version, contentHash[..ContentLength],
        ContentHash.Hash(pins.Where(p => p.PinnedBy is not null).Select(p => $"{p.Application}|{p.PinnedBy}").Order(StringComparer.Ordinal))[..PinsLength]);

    /// <returns>Null when it is no tag of a batch.</returns>
    public static BatchTag? Parse(string tag)
    {
        var parts = tag.Split('-');
        if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return null;
        return parts.Length == 1 ? new BatchTag(version)
            : parts is [_, { Length: ContentLength } content, { Length: PinsLength } pins, ..] ? new BatchTag(version, content, pins)
            : null;
    }

    /// <summary>Whether a batch with the tag <paramref name="present" /> is still as it was.</summary>
    public bool Holds(BatchTag present) =>
        Version == present.Version && (Content is null || Content == present.Content) && (Pins is null || Pins == present.Pins);

    public override string ToString() => Content is null ? Version.ToString(CultureInfo.InvariantCulture) : $"{Version}-{Content}-{Pins}";
}
