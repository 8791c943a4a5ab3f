namespace DevopsCd.Testing.Chaos;

/// <summary>What a broker connection that went silent did to batches under way. Seconds count from the beginning of the silence.</summary>
public sealed record StalledBrokerReport
{
    /// <summary>How long nothing came through. The connections open at its beginning stay dead afterwards.</summary>
    public required double SilentSeconds { get; init; }

    public required int Batches { get; init; }

    /// <summary>The slowest of the commands that people gave meanwhile.</summary>
    public required double SlowestCommandSeconds { get; init; }

    /// <summary>Until <c>/health/ready</c> said that the broker does not answer.</summary>
    public required double DegradedAfterSeconds { get; init; }

    /// <summary>Until the first batch moved on by a message.</summary>
    public required double FirstMovedAfterSeconds { get; init; }

    /// <summary>Until all of them had been pre-deployed.</summary>
    public required double AllMovedAfterSeconds { get; init; }

    /// <summary>Until <c>/health/ready</c> said that nothing is missing.</summary>
    public required double ReadyAfterSeconds { get; init; }

    public required long ParkedInOutbox { get; init; }

    public required long ParkedInQueues { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }
}
