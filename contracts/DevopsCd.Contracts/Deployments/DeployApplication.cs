namespace DevopsCd.Contracts;

/// <summary>Submit one deployment operation to the deploy service.</summary>
public sealed record DeployApplication
{
    /// <summary>The operation's id.</summary>
    public required string OperationId { get; init; }

    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }
}
