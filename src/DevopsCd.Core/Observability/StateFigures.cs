namespace DevopsCd.Core.Observability;

/// <summary>What the gauges show of the database: how much there is of what, and since when.</summary>
internal sealed record StateFigures
{
    /// <summary>Nothing is known: the database has not answered yet, or does not.</summary>
    public static readonly StateFigures None = new();

    /// <summary>Batches by state.</summary>
    public IReadOnlyList<(string Status, long Count)> Batches { get; init; } = [];

    /// <summary>What waits for people (<c>approval</c>, <c>retry</c>, <c>start_prod</c>, <c>accept</c>), and since when the oldest does; null where nothing waits.</summary>
    public IReadOnlyList<(string For, long Count, DateTimeOffset? Since)> Waiting { get; init; } = [];

    /// <summary>Stages that run, and since when the oldest does; null where none runs.</summary>
    public IReadOnlyList<(string Stage, DateTimeOffset? Since)> Running { get; init; } = [];

    /// <summary>Deployment operations that have not ended.</summary>
    public long? InFlight { get; init; }

    /// <summary>Those of them that are past their deadline by more than a minute: nobody looks after them any more.</summary>
    public long? Overdue { get; init; }

    /// <summary>Those that have not ended and were told to take far longer than usual.</summary>
    public long? Late { get; init; }

    /// <summary>Places in which something else was found than what was deployed there.</summary>
    public long? Drifted { get; init; }

    /// <summary>Messages by what they wait for: <c>waiting</c> in the outbox, <c>parked_outgoing</c>, <c>parked</c>.</summary>
    public IReadOnlyList<(string State, long Count)> Messages { get; init; } = [];

    /// <summary>When the oldest message of the outbox that is still tried was sent; null where there is none.</summary>
    public DateTimeOffset? OldestMessage { get; init; }
}
