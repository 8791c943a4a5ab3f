namespace DevopsCd.Core.Releases;

/// <summary><c>registry/name:tag@digest</c> taken apart.</summary>
internal sealed record ImageReference(string Name, string? Tag, string? Digest)
{
    public static ImageReference Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var digest = at < 0 ? null : text[(at + 1)..];
        var name = at < 0 ? text : text[..at];
        // A colon before the last slash belongs to the registry's port.
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? new(name[..colon], name[(colon + 1)..], digest) : new(name, null, digest);
    }
}
