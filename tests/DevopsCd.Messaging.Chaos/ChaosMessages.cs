namespace DevopsCd.Messaging.Chaos;

/// <summary>An event of one account: applied, refused when it does not fit the state, or parked when its consumer always fails.</summary>
public sealed record Poke
{
    public required Guid AccountId { get; init; }

    public required Guid PokeId { get; init; }

    public required string Kind { get; init; }

    /// <summary>How often the consumer fails before it lets this one through; more than the retries park it.</summary>
    public int Failures { get; init; }
}

/// <summary>The effect of one applied or refused event, published through the outbox.</summary>
public sealed record Poked
{
    public required Guid PokeId { get; init; }

    public required string Outcome { get; init; }
}
