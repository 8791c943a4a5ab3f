namespace DevopsCd.Contracts;

/// <summary>Internal to the engine: a start that a person has asked for at this time is due.</summary>
public sealed record StartScheduled
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The request's row.</summary>
    public required long Id { get; init; }
}
