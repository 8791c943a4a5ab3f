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

    public required int MostInFlight { get; init; }

    /// <summary>One <c>GET /batches/{id}</c> with all its releases and operations.</summary>
    public required double ViewMilliseconds { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }
}
