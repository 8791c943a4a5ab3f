namespace DevopsCd.Testing.Chaos;

/// <summary>How fast an idle system reacts.</summary>
public sealed record LatencyReport
{
    /// <summary>From sending an event by HTTP to its committed answer.</summary>
    public required Latencies HttpToAnswer { get; init; }

    /// <summary>From sending an event by HTTP to its commit.</summary>
    public required Latencies HttpToCommit { get; init; }

    /// <summary>
    /// What PostgreSQL was asked between sending an event by HTTP and its answer: the least of all, because what the host does at the same time is
    /// counted, too. 0 where nothing was counted.
    /// </summary>
    public required RequestCost HttpCost { get; init; }

    /// <summary>The same between publishing a command and its commit.</summary>
    public required RequestCost MessageCost { get; init; }

    /// <summary>From publishing a command to its commit.</summary>
    public required Latencies MessageToCommit { get; init; }

    /// <summary>From sending a new build by HTTP to the commit of the release that took it.</summary>
    public required Latencies HttpBuildToRelease { get; init; }

    /// <summary>From publishing <c>BuildCompleted</c> to the commit of the release that took it.</summary>
    public required Latencies MessageBuildToRelease { get; init; }
}

/// <summary>What one request had PostgreSQL do.</summary>
public sealed record RequestCost(long RoundTrips, long Statements);
