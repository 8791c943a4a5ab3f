namespace DevopsCd.Contracts.Api;

/// <summary>A batch to create.</summary>
public sealed record NewBatch
{
    /// <summary>What the batch is for, 1 to 200 characters.</summary>
    public required string Title { get; init; }

    /// <summary>The batch's number for people, at most 64 characters; the next <c>B{yyyyMMdd}-{nnn}</c> without it.</summary>
    public string? BatchNumber { get; init; }

    /// <summary>The project that the batch belongs to; a project can choose who is notified. Letters, digits, <c>.</c> <c>_</c> <c>-</c>, at most 64.</summary>
    public string? Project { get; init; }

    /// <summary>The applications of the batch, each once.</summary>
    public required IReadOnlyList<ReleaseItem> Releases { get; init; }
}
