namespace DevopsCd.Contracts.Api;

/// <summary>A reported build was stored.</summary>
public sealed record BuildTaken
{
    /// <summary>Its row.</summary>
    public required long Id { get; init; }

    /// <summary>It was known and changed nothing.</summary>
    public required bool Known { get; init; }

    /// <summary>An application of its name is registered.</summary>
    public required bool Matched { get; init; }
}
