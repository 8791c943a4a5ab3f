using System.Globalization;
using System.Text.Json;

namespace DevopsCd.Core.Releases;

/// <summary>How many people have approved, and who is still needed: what the audit, the answer and the notice say of a vote.</summary>
/// <param name="Approval">What is approved.</param>
/// <param name="Votes">How many have approved it.</param>
/// <param name="Required">How many have to.</param>
/// <param name="Missing">Who is still needed; empty when nobody is.</param>
/// <param name="By">Who has approved, as the audit names them.</param>
/// <param name="ContentHash">The content that was approved.</param>
internal sealed record VoteCount(
    string Approval, int Votes, int Required, IReadOnlyList<MissingVotes> Missing, IReadOnlyList<string> By, string ContentHash)
{
    /// <summary>As the audit keeps it.</summary>
    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <returns>Null when the audit's detail is about something else.</returns>
    public static VoteCount? Read(string? detail) => detail is not null && detail.Contains("\"votes\"", StringComparison.Ordinal)
        ? JsonSerializer.Deserialize<VoteCount>(detail, JsonSerializerOptions.Web) is { Required: > 0 } count ? count : null
        : null;
}

/// <summary>Votes that are still needed.</summary>
/// <param name="Group">The group they must come from; null where any approver will do.</param>
/// <param name="Count">How many.</param>
/// <param name="CanBeGivenBy">Who can give them, by kind and name; null where that is not known.</param>
internal sealed record MissingVotes(string? Group, int Count, IReadOnlyList<string>? CanBeGivenBy = null)
{
    /// <summary>All of them in one line, for people.</summary>
    public static string InWords(IEnumerable<MissingVotes> missing) => string.Join(", ",
        missing.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Count} {(m.Group is null ? "more" : $"of group {m.Group}")}")));

    /// <summary>The same, with some of those who can give them.</summary>
    public static string WithNames(IEnumerable<MissingVotes> missing)
    {
        const int most = 5;
        return string.Join("; ", missing.Select(m => InWords([m])
            + (m.CanBeGivenBy is { Count: > 0 } who ? $" ({string.Join(", ", who.Take(most))}{(who.Count > most ? ", …" : "")})" : "")));
    }
}
