namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>An image as a package URL: <c>pkg:oci/order@sha256%3A…?repository_url=registry.example/shop/order&amp;tag=1.4</c>.</summary>
internal sealed record PackageUrl(string Name, string? Image, string? Tag, string? Digest)
{
    private const string Prefix = "pkg:oci/";

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
}
