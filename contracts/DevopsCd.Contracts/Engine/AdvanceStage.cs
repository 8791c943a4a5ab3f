namespace DevopsCd.Contracts;

/// <summary>Internal to the engine: look at a deploying batch and start or decide what can be.</summary>
public sealed record AdvanceStage
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }
}
