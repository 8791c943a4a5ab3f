using DevopsCd.Shared.Evidence;

namespace DevopsCd.Core.Releases;

/// <summary>What one application of a batch would deploy, as the content hash counts it.</summary>
internal sealed record ReleaseContent(
    string Application, string Branch, string? BuildNumber, string? CommitId, string? ImageName, string? ImageTag, string? ImageDigest,
        IReadOnlyList<string> DependsOn)
{
    /// <summary>Its line in the hash.</summary>
    public string Line => ContentText.Line(Application, Branch, BuildNumber, CommitId, ImageName, ImageTag, ImageDigest, DependsOn);

    /// <param name="release">With its application and build.</param>
    public static ReleaseContent Of(BatchRelease release) => new(
        release.App.Name, release.Branch, release.BuildId is null ? null : release.Build?.BuildNumber, release.CommitId,
        release.ImageName, release.ImageTag, release.ImageDigest, [.. release.DependsOn]);

    /// <summary>What differs, in words: old → new.</summary>
    public IEnumerable<Sentence> ChangesTo(ReleaseContent present)
    {
        if (BuildNumber != present.BuildNumber)
            yield return $"build {Named(BuildNumber)} → {Named(present.BuildNumber)}";
        if (Branch != present.Branch)
            yield return $"branch {Branch} → {present.Branch}";
        var (before, now) = (Image(this), Image(present));
        if (BuildNumber == present.BuildNumber && before != now)
            yield return $"image {Named(before)} → {Named(now)}";
        if (BuildNumber == present.BuildNumber && before == now && CommitId != present.CommitId)
            yield return $"commit {Named(CommitId)} → {Named(present.CommitId)}";
        var (needed, needs) = (Order(this), Order(present));
        if (needed != needs)
            yield return $"depends on {Needed(needed)} → {Needed(needs)}";
    }

    private static Sentence Named(string? name)
    {
        Sentence none = "none";
        return name is null ? none : (Sentence)$"{name}";
    }

    private static Sentence Needed(string? names)
    {
        Sentence nothing = "nothing";
        return names is null ? nothing : (Sentence)$"{names}";
    }

    private static string? Image(ReleaseContent content) =>
        content.ImageName is null ? null : $"{content.ImageName}:{content.ImageTag}{(content.ImageDigest is { } digest ? "@" + digest : "")}";

    private static string? Order(ReleaseContent content) =>
        content.DependsOn.Count == 0 ? null : string.Join(", ", content.DependsOn.Order(StringComparer.Ordinal));
}
