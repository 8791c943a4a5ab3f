using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Releases;

/// <summary>How one application of a batch differs from what was looked at or approved.</summary>
/// <param name="Application">Its name.</param>
/// <param name="Changes">What differs, old → new.</param>
internal sealed record ContentDifference(string Application, IReadOnlyList<Sentence> Changes)
{
    /// <summary>As the API tells it.</summary>
    public static IReadOnlyList<ContentChange>? View(IReadOnlyList<ContentDifference>? differences) => differences is null ? null
        : [.. differences.Select(d => new ContentChange { Application = d.Application, Changes = [.. d.Changes.Select(change => change.ToString())] })];

    /// <summary>The first of them in one line.</summary>
    public static Sentence InWords(IReadOnlyList<ContentDifference> differences)
    {
        const int most = 5;
        var told = Sentence.Join(differences.Take(most).Select(Sentence (d) => $"{d.Application}: {Sentence.Join(d.Changes, ", ")}"));
        return differences.Count > most ? $"{told}; and {differences.Count - most} more" : told;
    }
}
