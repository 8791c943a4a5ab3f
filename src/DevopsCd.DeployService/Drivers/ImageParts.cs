namespace DevopsCd.DeployService.Drivers;

/// <summary>The parts of an image reference, for targets that keep them in fields of their own.</summary>
internal sealed record ImageParts(string Image, string Repository, string Tag, string Digest)
{
    public static ImageParts Of(string image)
    {
        var at = image.IndexOf('@');
        var (named, digest) = at < 0 ? (image, "") : (image[..at], image[(at + 1)..]);
        var colon = named.LastIndexOf(':');
        var tagged = colon > named.LastIndexOf('/');
        return new(image, tagged ? named[..colon] : named, tagged ? named[(colon + 1)..] : "", digest);
    }

    /// <summary>Fills in <c>{{image}}</c>, <c>{{repository}}</c>, <c>{{tag}}</c> and <c>{{digest}}</c>.</summary>
    public string Fill(string template) => template
        .Replace("{{image}}", Image, StringComparison.Ordinal)
        .Replace("{{repository}}", Repository, StringComparison.Ordinal)
        .Replace("{{tag}}", Tag, StringComparison.Ordinal)
        .Replace("{{digest}}", Digest, StringComparison.Ordinal);
}
