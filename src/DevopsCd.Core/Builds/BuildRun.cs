using System.Globalization;
using DevopsCd.Contracts;
using DevopsCd.Core.Data;
using DevopsCd.Shared;

namespace DevopsCd.Core.Builds;

/// <summary>
/// What is known under one number of a CI: its attempts, and what came with other content. It judges what a report says of it (R1): the
/// last word counts, by attempt, then by finish time, then by arrival.
/// </summary>
internal sealed class BuildRun(IReadOnlyList<Build> known)
{
    private const string UnknownCommit = "unknown";

    /// <summary>What a report is: a word about a build that is known, or a new one.</summary>
    /// <returns>The word, the build it is about (null for a new one) and what a person should know.</returns>
    public (BuildWord Word, Build? About, string? Note) Hear(BuildCompleted said)
    {
        var same = known.Where(b => IsOf(b, said) && b.Branch == said.Branch && IsCommit(b.CommitId, said.CommitId))
            .OrderBy(b => b.OrderedAt).ThenBy(b => b.Id).ToList();
        if (same.LastOrDefault() is not { } last)
            return (BuildWord.New, null, Other(said));
        if (said.Status == BuildStatus.Running)
            return (BuildWord.Known, last, null);
        if (last.BuildStatus == BuildStatus.Running)
            return (BuildWord.Replaces, last, null);

        var isOlder = said.FinishedAt < last.KnownAt;
        if (said.Status != BuildStatus.Success)
            return isOlder ? Older(last)
                : last.BuildStatus == BuildStatus.Success ? (BuildWord.Withdraws, last, "it was a success before and is no longer offered")
                : (last.BuildStatus == said.Status && last.KnownAt == said.FinishedAt ? BuildWord.Known
                    : last.Withdrawn ? BuildWord.Withdraws : BuildWord.Replaces, last, null);
        if (last.BuildStatus != BuildStatus.Success && !last.Withdrawn)
            return isOlder ? Older(last) : (BuildWord.Replaces, last, null);

        // A success after a success. The very same report again, also of content that has been replaced since, is nothing new.
        if (same.Find(b => b.BuildStatus == BuildStatus.Success && b.FinishedAt is not null && b.FinishedAt == said.FinishedAt
            && IsContent(b, said)) is { } again)
            return Again(again, said);
        if (!IsContent(last, said))
            return (BuildWord.New, null, Other(said));
        if (last.BuildStatus == BuildStatus.Success)
            return Again(last, said);
        return isOlder ? Older(last) : (BuildWord.Restores, last, "it is a success again and keeps its place");
    }

    /// <summary>
    /// Marks what has been overtaken under this number: by a later attempt at the same commit, or by a later push of the same image tag.
    /// </summary>
    /// <returns>Whether anything that was offered is no longer, or is again.</returns>
    public bool Supersede(Build changed)
    {
        var all = known.Contains(changed) ? known : [.. known, changed];
        var differs = false;
        foreach (var build in all)
        {
            var superseded = all.Any(other => other != build && other.BuildStatus != BuildStatus.Running && IsLater(other, build) && Concern(other, build));
            differs |= superseded != build.Superseded && build.BuildStatus == BuildStatus.Success;
            build.Superseded = superseded;
        }

        return differs;
    }

    /// <summary>The name of a build as long as no other content came under it: <c>128</c>, and <c>128.2</c> for its second attempt.</summary>
    public static string Named(BuildCompleted said) =>
        said.Attempt > 1 ? string.Create(CultureInfo.InvariantCulture, $"{said.BuildNumber}.{said.Attempt}") : said.BuildNumber;

    /// <summary>The name of what came with other content under a name that is taken.</summary>
    public static string Revised(string name, int revision) => revision > 1 ? string.Create(CultureInfo.InvariantCulture, $"{name}~{revision}") : name;

    // A re-run may also be reported by its name alone; and the rows of earlier versions have nothing else.
    private static bool IsOf(Build build, BuildCompleted said) =>
        build.BuildNumber == Named(said) || (build.RunNumber == said.BuildNumber && build.Attempt == (said.Attempt ?? 1));

    private string? Other(BuildCompleted said) => known.Any(b => IsOf(b, said)) ? $"other content than what is known as {Named(said)}" : null;

    private static (BuildWord, Build?, string?) Older(Build last) =>
        (BuildWord.Known, last, $"older than what is known: {EnumNames<BuildStatus>.Of(last.BuildStatus)}, finished {last.KnownAt:u}");

    private static (BuildWord, Build?, string?) Again(Build build, BuildCompleted said)
    {
        var completes = (build.ImageDigest is null && said.ImageDigest is not null) || (build.FinishedAt is null && said.FinishedAt is not null);
        return (completes ? BuildWord.Completes : BuildWord.Known, build, null);
    }

    private static bool IsLater(Build other, Build build) => other.Attempt != build.Attempt ? other.Attempt > build.Attempt
        : other.OrderedAt != build.OrderedAt ? other.OrderedAt > build.OrderedAt
        : other.Revision > build.Revision;

    private static bool Concern(Build other, Build build) => other.Branch == build.Branch &&
        ((other.CommitId == build.CommitId && build.CommitId != UnknownCommit) || (other.ImageName == build.ImageName && other.ImageTag == build.ImageTag));

    private static bool IsCommit(string known, string said) => known == said || known == UnknownCommit || said == UnknownCommit ||
        (Math.Min(known.Length, said.Length) >= 7
            && (known.StartsWith(said, StringComparison.OrdinalIgnoreCase) || said.StartsWith(known, StringComparison.OrdinalIgnoreCase)));

    private static bool IsContent(Build build, BuildCompleted said) => build.ImageName == said.ImageName &&
        (build.ImageDigest is { } digest && said.ImageDigest is { } other ? digest == other : build.ImageTag == said.ImageTag);
}
