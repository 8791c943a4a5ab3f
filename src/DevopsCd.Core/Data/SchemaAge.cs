using System.Globalization;

namespace DevopsCd.Core.Data;

/// <summary>
/// Whether this program works on a schema that other versions have brought further. Migrations only add, so that the version before goes on
/// beside the new one and can be started again after it. One that takes something away says in its name which migration a program must know at
/// least that does without it: <c>20270301080000_DropLink_after_20270115120000</c>.
/// </summary>
internal static class SchemaAge
{
    private const string After = "_after_";

    private const int StampLength = 14;

    /// <summary>Applied migrations that this program does not know.</summary>
    public static IReadOnlyList<string> Unknown(IEnumerable<string> known, IEnumerable<string> applied) => [.. applied.Except(known)];

    /// <summary>Why this program must not run on the schema; null where it may.</summary>
    /// <param name="known">This program's migrations, the oldest first.</param>
    /// <param name="applied">The schema's, in the same order.</param>
    public static string? Refusal(IReadOnlyList<string> known, IReadOnlyList<string> applied)
    {
        if (Unknown(known, applied) is not [.., var last] unknown)
            return null;
        // Names begin with the time they were made at. Only what came before the first version was ever written anew.
        if (!applied.Contains(known[0]))
            return string.CompareOrdinal(last, known[^1]) < 0
                ? $"the database was made by a version from before the first release (its schema has '{last}'), and cannot be upgraded. Use a new database."
                : Newer(last);
        return unknown.FirstOrDefault(migration => NeedsOf(migration) is { } least && string.CompareOrdinal(Stamp(known[^1]), least) < 0) is { } taken
            ? Newer(taken) : null;
    }

    /// <summary>The time of the migration that a program must know to run after this one; null where any program may.</summary>
    public static string? NeedsOf(string migration) => migration.LastIndexOf(After, StringComparison.Ordinal) is var at and >= 0
        && migration[(at + After.Length)..] is { Length: StampLength } stamp && long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? stamp : null;

    /// <summary>The time that a migration's name begins with.</summary>
    public static string Stamp(string migration) => migration[..StampLength];

    private static string Newer(string migration) => $"the database was written by a newer version (its schema has '{migration}'). "
        + "Start that version, or restore a backup of the database from before it.";
}
