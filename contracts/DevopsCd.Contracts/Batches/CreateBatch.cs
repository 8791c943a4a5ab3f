namespace DevopsCd.Contracts;

/// <summary>Create a batch of applications to release together.</summary>
public sealed record CreateBatch
{
    /// <summary>The new batch's correlation id, chosen by the sender; sending it again creates nothing.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>What the batch is for, 1 to 200 characters.</summary>
    public required string Title { get; init; }

    /// <summary>The batch's number; null takes the next <c>B{yyyyMMdd}-{nnn}</c>.</summary>
    public string? BatchNumber { get; init; }

    /// <summary>The project it belongs to; a project can choose who is told. Letters, digits, <c>.</c> <c>_</c> <c>-</c>, at most 64.</summary>
    public string? Project { get; init; }

    /// <summary>Who creates it.</summary>
    public required string Operator { get; init; }

    /// <summary>The applications, each once.</summary>
    public required IReadOnlyList<ReleaseItem> Releases { get; init; }
}
