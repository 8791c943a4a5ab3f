namespace DevopsCd.Testing.Chaos;

/// <summary>What the parts of the load cost, for reckoning what a set-up carries (infra/scale.md).</summary>
public sealed record CostsReport
{
    public required IReadOnlyList<Cost> Costs { get; init; }

    /// <summary>Resident memory of the host in MB, by what it had at the time.</summary>
    public required IReadOnlyDictionary<string, long> Megabytes { get; init; }

    /// <summary>Changes that each watcher was told.</summary>
    public required double ChangesPerWatcher { get; init; }

    /// <summary>Builds a second taken over HTTP by so many hosts, each held to <see cref="HeldToCores"/>; empty where this machine cannot hold them.</summary>
    public required IReadOnlyDictionary<int, double> BuildsPerSecond { get; init; }

    public required double HeldToCores { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }
}
