namespace DevopsCd.Testing.Chaos;

/// <summary>What a server in trouble did to batches under way and to people.</summary>
public sealed record ServerTroubleReport
{
    public required int Batches { get; init; }

    /// <summary>How often it happened: restarts, answers lost.</summary>
    public required int Times { get; init; }

    public required double TroubleSeconds { get; init; }

    /// <summary>Until the readiness said what is the matter; null where it need not.</summary>
    public required double? SaidAfterSeconds { get; init; }

    /// <summary>Commands that people gave meanwhile, besides those for the batches under way.</summary>
    public required int Commands { get; init; }

    /// <summary>How many of them were answered 503, or not at all.</summary>
    public required int Unavailable { get; init; }

    /// <summary>How many of these were in the database all the same, which their answer left open.</summary>
    public required int DoneAllTheSame { get; init; }

    public required double SlowestCommandSeconds { get; init; }

    /// <summary>Messages that waited in the outbox at the end of the trouble; counted where the broker has it.</summary>
    public required long Waiting { get; init; }

    /// <summary>From the end of the trouble until every batch had moved on.</summary>
    public required double MovedAfterSeconds { get; init; }

    /// <summary>From there until the readiness said ready: the broker's consumers come back one by one.</summary>
    public required double ReadyAfterSeconds { get; init; }

    public required int Operations { get; init; }

    public required long Parked { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }
}
