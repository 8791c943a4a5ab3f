namespace DevopsCd.Testing.Chaos;

/// <summary>What one very large batch took.</summary>
public sealed record LargeBatchReport
{
    public required int Applications { get; init; }

    public required int Levels { get; init; }

    public required int ConcurrentApps { get; init; }

    public required double CreateSeconds { get; init; }

    public required double SealSeconds { get; init; }

    /// <summary>From the seal to 22, by the batch's own times.</summary>
    public required double PreDeploySeconds { get; init; }

    /// <summary>From the start to 32, by the batch's own times.</summary>
    public required double ProdDeploySeconds { get; init; }

    /// <summary>What each of the two stages cost for an operation.</summary>
    public required StageCost PreDeployCost { get; init; }

    public required StageCost ProdDeployCost { get; init; }

    public required int MostInFlight { get; init; }

    /// <summary><c>GET /batches/{id}</c> with all its releases and operations, from a client that only reads; without the first ones.</summary>
    public required Latencies View { get; init; }

    /// <summary>The first of them, in milliseconds.</summary>
    public required double FirstViewMilliseconds { get; init; }

    /// <summary>What each of them cost.</summary>
    public required StageCost ViewCost { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }
}

/// <summary>What a stage or a request cost, for each operation or request; counts do not depend on how busy the machine is.</summary>
/// <param name="ProcessorMilliseconds">Of the host.</param>
/// <param name="RoundTrips">To PostgreSQL; 0 where they were not counted.</param>
/// <param name="Statements">The same for statements.</param>
/// <param name="Transactions">The same for transactions, single statements included.</param>
public sealed record StageCost(double ProcessorMilliseconds, double RoundTrips, double Statements, double Transactions);
