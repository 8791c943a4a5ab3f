namespace DevopsCd.Testing.Chaos;

/// <summary>What calls to the deploy service that go wrong for a while did to the batches under way.</summary>
public sealed record DeployTroubleReport
{
    /// <summary>How long the trouble lasted.</summary>
    public required double TroubleSeconds { get; init; }

    /// <summary>Batches that met it.</summary>
    public required int Batches { get; init; }

    /// <summary>Until the last batch was pre-deployed that deploys to another cluster; 0 where there are none.</summary>
    public required double OthersMovedAfterSeconds { get; init; }

    /// <summary>From the end of the trouble until the last batch that met it was pre-deployed.</summary>
    public required double MovedAfterHealSeconds { get; init; }

    /// <summary>Attempts that failed, each of which a person answered with a retry.</summary>
    public required int Retries { get; init; }

    public required int Operations { get; init; }

    public required int Submits { get; init; }

    public required int Looks { get; init; }

    public required int Stops { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }
}
