using MassTransit;

namespace DevopsCd.Messaging.Chaos;

/// <summary>Opens and closes; counts what it was told.</summary>
public sealed class Account : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";

    public int Applied { get; set; }

    public int Refused { get; set; }
}

/// <summary>One row an applied or refused event, as the product's audit.</summary>
public sealed class PokeRow
{
    public long Id { get; set; }

    public Guid PokeId { get; set; }

    public Guid AccountId { get; set; }

    public string Kind { get; set; } = "";

    public string Outcome { get; set; } = "";
}

/// <summary>One row a received effect; more than one for an event would be a duplicate.</summary>
public sealed class EffectRow
{
    public long Id { get; set; }

    public Guid PokeId { get; set; }

    public string Outcome { get; set; } = "";
}
