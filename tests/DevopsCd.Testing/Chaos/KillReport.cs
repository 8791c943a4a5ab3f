namespace DevopsCd.Testing.Chaos;

/// <summary>What a run with kills came to.</summary>
public sealed record KillReport
{
    public required int Seed { get; init; }

    public required int Hosts { get; init; }

    public required int Batches { get; init; }

    public required int Kills { get; init; }

    public required Trouble Trouble { get; init; }

    /// <summary>The longest time during a trouble in which nothing happened to any batch that was not held itself.</summary>
    public required double LongestStandstillSeconds { get; init; }

    /// <summary>Batches that ended in 40.</summary>
    public required int Accepted { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Operations the deploy service accepted, and the calls that asked for them.</summary>
    public required int Operations { get; init; }

    public required int Submits { get; init; }

    /// <summary>Messages sent over the broker, and cards that reached the bot.</summary>
    public required int Messages { get; init; }

    public required int Cards { get; init; }

    /// <summary>Builds told by HTTP all the while, and the longest time in which none was taken; null where nobody told any.</summary>
    public required int? Builds { get; init; }

    public required double? LongestRefusalSeconds { get; init; }

    /// <summary>Longest time a host took from its start to ready.</summary>
    public required double SlowestStartSeconds { get; init; }

    /// <summary>Batches that did not end, broken invariants, what was left at rest. Empty is good.</summary>
    public required IReadOnlyList<string> Violations { get; init; }
}
