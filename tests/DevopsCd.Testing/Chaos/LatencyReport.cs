namespace DevopsCd.Testing.Chaos;

/// <summary>How fast an idle system reacts.</summary>
public sealed record LatencyReport
{
    /// <summary>From sending an event by HTTP to its committed answer.</summary>
    public required Latencies HttpToAnswer { get; init; }

    /// <summary>From sending an event by HTTP to its commit.</summary>
    public required Latencies HttpToCommit { get; init; }

    /// <summary>From publishing a command to its commit.</summary>
    public required Latencies MessageToCommit { get; init; }

    /// <summary>From sending a new build by HTTP to the commit of the release that took it.</summary>
    public required Latencies HttpBuildToRelease { get; init; }

    /// <summary>From publishing <c>BuildCompleted</c> to the commit of the release that took it.</summary>
    public required Latencies MessageBuildToRelease { get; init; }
}
