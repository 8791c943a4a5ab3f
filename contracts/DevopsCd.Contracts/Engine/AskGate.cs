namespace DevopsCd.Contracts;

/// <summary>Internal to the engine: a gate's next look, or its timeout, is due.</summary>
public sealed record AskGate
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The gate's row.</summary>
    public required long Id { get; init; }
}
