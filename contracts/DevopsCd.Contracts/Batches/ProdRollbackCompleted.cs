namespace DevopsCd.Contracts;

/// <summary>The deploy side says: production runs what ran before the batch (正式回滚完成).</summary>
public sealed record ProdRollbackCompleted
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>Who says so.</summary>
    public string? Operator { get; init; }

    /// <summary>The attempt it speaks of; another attempt's report is ignored. Null speaks of the present one.</summary>
    public int? Attempt { get; init; }
}
