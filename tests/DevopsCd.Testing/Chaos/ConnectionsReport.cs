namespace DevopsCd.Testing.Chaos;

/// <summary>What many commands at once did to two hosts on a PostgreSQL with its default number of connections.</summary>
public sealed record ConnectionsReport
{
    public required int Hosts { get; init; }

    /// <summary>All for one batch, so that each waits for the others.</summary>
    public required int Commands { get; init; }

    public required int Accepted { get; init; }

    public required int Refused { get; init; }

    /// <summary>503: not admitted, and nothing was begun.</summary>
    public required int NotAdmitted { get; init; }

    /// <summary>503: no result in time. Whether it was done is not known to who asked, and the answer says so.</summary>
    public required int NoResult { get; init; }

    public required double SlowestCommandSeconds { get; init; }

    /// <summary>Reported at once, each of its own application; they do not wait for each other.</summary>
    public required int Builds { get; init; }

    public required int BuildsTaken { get; init; }

    public required double SlowestBuildSeconds { get; init; }

    /// <summary>Of all hosts together, as PostgreSQL counted them.</summary>
    public required int MostConnections { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }
}
