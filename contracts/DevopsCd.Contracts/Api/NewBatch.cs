namespace DevopsCd.Contracts.Api;

/// <summary>Body of <c>POST /batches</c>.</summary>
public sealed record NewBatch
{
    /// <summary>What the batch is for, 1 to 200 characters.</summary>
    public required string Title { get; init; }

    /// <summary>Its number; null takes the next <c>B{yyyyMMdd}-{nnn}</c>.</summary>
    public string? BatchNumber { get; init; }

    /// <summary>The project it belongs to; a project can choose who is told. Letters, digits, <c>.</c> <c>_</c> <c>-</c>, at most 64.</summary>
    public string? Project { get; init; }

    /// <summary>The applications, each once.</summary>
    public required IReadOnlyList<ReleaseItem> Releases { get; init; }
}
