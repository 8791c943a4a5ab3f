using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>
/// The parts of an image reference, for targets that keep them in fields of their own. <c>{{repository}}:{{tag}}</c> always gives
/// the same image again, by digest where it is known: with a tag as <c>app</c> and <c>1.2@sha256:…</c>, without one as
/// <c>app@sha256</c> and the digits.
/// </summary>
internal sealed record ImageParts(string Image, string Name, string Version, string Digest)
{
    public string Repository => Version.Length == 0 && Digest.Length > 0 ? $"{Name}@{Digest[..Digest.IndexOf(':')]}" : Name;

    public string Tag => (Version.Length, Digest.Length) switch
    {
        (_, 0) => Version,
        (0, _) => Digest[(Digest.IndexOf(':') + 1)..],
        _ => $"{Version}@{Digest}"
    };

    public static ImageParts Of(string image)
    {
        var at = image.IndexOf('@');
        var (named, digest) = at < 0 ? (image, "") : (image[..at], image[(at + 1)..]);
        var colon = named.LastIndexOf(':');
        var tagged = colon > named.LastIndexOf('/');
        return new(image, tagged ? named[..colon] : named, tagged ? named[(colon + 1)..] : "", digest);
    }

    /// <summary>Fills in <c>{{image}}</c>, <c>{{repository}}</c>, <c>{{tag}}</c>, <c>{{version}}</c> and <c>{{digest}}</c>.</summary>
    public string Fill(string template) => Template.Fill(template, Values);

    /// <summary>Why a template cannot be filled in from this image; null when it can.</summary>
    public string? WrongIn(string template) => Template.WrongOrUnfinished(template, Values);

    private Dictionary<string, string> Values => new()
    {
        ["image"] = Image,
        ["repository"] = Repository,
        ["tag"] = Tag,
        ["version"] = Version,
        ["digest"] = Digest
    };
}
