namespace DevopsCd.Core.CdEvents;

/// <summary>An image as a package URL: <c>pkg:oci/order@sha256%3A…?repository_url=registry.example/shop/order&amp;tag=1.4</c>.</summary>
/// <param name="Name">The last part of the image's name.</param>
/// <param name="Image">The whole name; null where the URL names no repository.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="Digest">Its digest, which is the package's version.</param>
internal sealed record PackageUrl(string Name, string? Image, string? Tag, string? Digest)
{
    private const string Prefix = "pkg:oci/";

    public static PackageUrl Of(string image, string? tag, string? digest) => new(image[(image.LastIndexOf('/') + 1)..].ToLowerInvariant(), image, tag, digest);

    /// <returns>Null when it is no package URL of an image.</returns>
    public static PackageUrl? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var parts = text[Prefix.Length..].Split('?', 2);
        var named = parts[0].Split('@', 2);
        var qualifiers = (parts.Length > 1 ? parts[1] : "").Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(q => q.Split('=', 2)).Where(q => q.Length == 2).ToLookup(q => q[0], q => Uri.UnescapeDataString(q[1]));
        var name = Uri.UnescapeDataString(named[0]);
        var version = named.Length > 1 ? Uri.UnescapeDataString(named[1]) : null;
        return new PackageUrl(
            name,
            qualifiers["repository_url"].FirstOrDefault(),
            qualifiers["tag"].FirstOrDefault(),
            version?.StartsWith("sha256:", StringComparison.Ordinal) == true ? version : null);
    }

    public override string ToString()
    {
        var qualifiers = new List<string>();
        if (Image?.Contains('/') == true)
            qualifiers.Add("repository_url=" + Uri.EscapeDataString(Image).Replace("%2F", "/", StringComparison.Ordinal));
        if (Tag is { Length: > 0 })
            qualifiers.Add("tag=" + Uri.EscapeDataString(Tag));
        var version = Digest is { Length: > 0 } ? "@" + Uri.EscapeDataString(Digest) : "";
        return $"{Prefix}{Uri.EscapeDataString(Name)}{version}{(qualifiers.Count == 0 ? "" : "?" + string.Join('&', qualifiers))}";
    }
}
