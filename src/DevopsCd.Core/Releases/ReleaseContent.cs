namespace DevopsCd.Core.Releases;

/// <summary>What one application of a batch would deploy, as the content hash counts it.</summary>
internal sealed record ReleaseContent(
    string Application, string Branch, string? BuildNumber, string? CommitId, string? ImageName, string? ImageTag, string? ImageDigest,
        IReadOnlyList<string> DependsOn)
{
    /// <summary>Its line in the hash.</summary>
    public string Line =>
        $"{Application}|{Branch}|{BuildNumber}|{CommitId}|{ImageName}:{ImageTag}@{ImageDigest}|{string.Join(',', DependsOn.Order(StringComparer.Ordinal))}";

    /// <param name="release">With its application and build.</param>
    public static ReleaseContent Of(BatchRelease release) => new(
        release.App.Name, release.Branch, release.BuildId is null ? null : release.Build?.BuildNumber, release.CommitId,
        release.ImageName, release.ImageTag, release.ImageDigest, [.. release.DependsOn]);

    /// <summary>What differs, in words: old → new.</summary>
    public IEnumerable<string> ChangesTo(ReleaseContent present)
    {
        if (BuildNumber != present.BuildNumber)
            yield return $"build {BuildNumber ?? "none"} → {present.BuildNumber ?? "none"}";
        if (Branch != present.Branch)
            yield return $"branch {Branch} → {present.Branch}";
        var (before, now) = (Image(this), Image(present));
        if (BuildNumber == present.BuildNumber && before != now)
            yield return $"image {before} → {now}";
        if (BuildNumber == present.BuildNumber && before == now && CommitId != present.CommitId)
            yield return $"commit {CommitId ?? "none"} → {present.CommitId ?? "none"}";
        var (needed, needs) = (Order(this), Order(present));
        if (needed != needs)
            yield return $"depends on {needed} → {needs}";
    }

    private static string Image(ReleaseContent content) =>
        content.ImageName is null ? "none" : $"{content.ImageName}:{content.ImageTag}{(content.ImageDigest is { } digest ? "@" + digest : "")}";

    private static string Order(ReleaseContent content) =>
        content.DependsOn.Count == 0 ? "nothing" : string.Join(", ", content.DependsOn.Order(StringComparer.Ordinal));
}
