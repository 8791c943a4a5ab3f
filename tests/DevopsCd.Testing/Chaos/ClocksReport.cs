namespace DevopsCd.Testing.Chaos;

/// <summary>What two hosts whose clocks differ made of a number of batches.</summary>
public sealed record ClocksReport
{
    /// <summary>How far the second host's clock was ahead.</summary>
    public required double SkewSeconds { get; init; }

    public required int Batches { get; init; }

    public required int Operations { get; init; }

    /// <summary>What the deploy service takes for one.</summary>
    public required double OperationSeconds { get; init; }

    /// <summary>From the beginning of an operation to its end, by the database's own clock.</summary>
    public required double AverageSeconds { get; init; }

    public required double SlowestSeconds { get; init; }

    /// <summary>What the second host's readiness said of it.</summary>
    public required string Told { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }
}
