namespace DevopsCd.Contracts.Api;

/// <summary>Which applications leave a batch for a new one.</summary>
public sealed record SplitBody
{
    /// <summary>The names of the applications that leave the batch.</summary>
    public required IReadOnlyList<string> Applications { get; init; }

    /// <summary>Whether what depends on them in the batch goes with them; without it the split is refused where anything does.</summary>
    public bool? WithDependents { get; init; }

    /// <summary>What the new batch is for; by default it names the batch that they leave.</summary>
    public string? Title { get; init; }

    /// <summary>The number of the new batch; the service gives one when it is absent.</summary>
    public string? BatchNumber { get; init; }
}
