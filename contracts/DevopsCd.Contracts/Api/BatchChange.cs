namespace DevopsCd.Contracts.Api;

/// <summary>A change of a batch itself; what is absent stays as it is.</summary>
public sealed record BatchChange
{
    /// <summary>What the batch is for, 1 to 200 characters.</summary>
    public string? Title { get; init; }

    /// <summary>The project that the batch belongs to beside those of its applications. An empty text: no other than those.</summary>
    public string? Project { get; init; }
}
