namespace DevopsCd.Bench;

/// <summary>What one contestant measured.</summary>
internal sealed record Result
{
    public required string Contestant { get; init; }

    public required double EventsPerSecond { get; init; }

    public required double AppCores { get; init; }

    public required double PostgresCores { get; init; }

    public required double BrokerCores { get; init; }

    public required double AllocatedPerEvent { get; init; }

    public double? P50 { get; init; }

    public double? P99 { get; init; }

    public double? RoundTripsPerEvent { get; init; }

    public double? StatementsPerEvent { get; init; }

    public double? TransactionsPerEvent { get; init; }

    public double WorkingSetMb { get; init; }
}
