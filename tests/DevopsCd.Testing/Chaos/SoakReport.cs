namespace DevopsCd.Testing.Chaos;

/// <summary>What long load has shown.</summary>
public sealed record SoakReport
{
    public required SoakLoad Load { get; init; }

    public required IReadOnlyList<SoakMinute> Minutes { get; init; }

    /// <summary>Calls that were not answered with a success, by what came instead.</summary>
    public required IReadOnlyDictionary<string, int> Refused { get; init; }

    /// <summary>How long it took after the load until every batch had ended and nothing waited any more.</summary>
    public required double SecondsToRest { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }
}
