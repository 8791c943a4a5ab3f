namespace DevopsCd.Contracts;

/// <summary>Internal to the engine: ask the deploy service how an accepted operation stands.</summary>
public sealed record CheckDeployment
{
    /// <summary>The operation's id.</summary>
    public required string OperationId { get; init; }

    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }
}
