namespace DevopsCd.Bench;

/// <summary>One event of a saga; each causes the next until the last.</summary>
public sealed record Advance
{
    public const int Steps = 11;

    public required Guid SagaId { get; init; }

    public required int Step { get; init; }
}

/// <summary>What the last event of a saga publishes.</summary>
public sealed record Finished
{
    public required Guid SagaId { get; init; }
}
