namespace DevopsCd.Core.Freezes;

/// <summary>What keeps a batch from starting at present.</summary>
/// <param name="Freezes">Those that hold, by name.</param>
/// <param name="Until">When none of those that follow each other without a gap holds any more.</param>
internal sealed record Frozen(IReadOnlyList<ActiveFreeze> Freezes, DateTimeOffset Until)
{
    /// <summary>Whether they hold on a cluster.</summary>
    public bool Covers(string cluster) => Freezes.Any(freeze => freeze.Covers(cluster));

    /// <summary>For people: until when, by which, why.</summary>
    public Sentence InWords() =>
        $"frozen until {Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC by {string.Join(", ", Freezes.Select(f => f.Name))} because: {string.Join("; ", Freezes.Select(f => f.Reason).Distinct(StringComparer.Ordinal))}";
}

/// <summary>A freeze that holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why, as whoever set it says.</param>
/// <param name="Clusters">Where; null for everywhere.</param>
internal sealed record ActiveFreeze(string Name, string Reason, IReadOnlyList<string>? Clusters)
{
    public bool Covers(string cluster) => Clusters is null || Clusters.Contains(cluster, StringComparer.Ordinal);
}
