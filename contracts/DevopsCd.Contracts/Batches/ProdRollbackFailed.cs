namespace DevopsCd.Contracts;

/// <summary>The deploy side says: production could not be taken back completely (正式回滚失败).</summary>
public sealed record ProdRollbackFailed
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>Who says so.</summary>
    public string? Operator { get; init; }

    /// <summary>What went wrong.</summary>
    public required string Reason { get; init; }

    /// <summary>The attempt it speaks of; another attempt's report is ignored. Null speaks of the present one.</summary>
    public int? Attempt { get; init; }
}
