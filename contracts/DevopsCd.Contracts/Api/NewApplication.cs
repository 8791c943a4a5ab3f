namespace DevopsCd.Contracts.Api;

/// <summary>Body of <c>POST /applications</c>.</summary>
public sealed record NewApplication
{
    /// <summary>Unique; letters, digits, <c>.</c> <c>_</c> <c>-</c>, at most 100.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of thing it is, for people.</summary>
    public string? AppType { get; init; }

    /// <summary>Where its source is.</summary>
    public string? Repository { get; init; }

    /// <summary>The branch a batch follows when it names none; null: main.</summary>
    public string? DefaultBranch { get; init; }

    /// <summary>Applications that deploy before it.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }
}
