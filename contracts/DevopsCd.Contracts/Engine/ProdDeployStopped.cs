namespace DevopsCd.Contracts;

/// <summary>Internal to the engine: a batch whose rollback was asked for while production deployed has nothing in flight any more.</summary>
public sealed record ProdDeployStopped
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>Who says so.</summary>
    public string? Operator { get; init; }

    /// <summary>The attempt that was stopped.</summary>
    public int? Attempt { get; init; }
}
