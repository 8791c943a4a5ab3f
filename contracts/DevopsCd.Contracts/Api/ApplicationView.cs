namespace DevopsCd.Contracts.Api;

/// <summary>An application of the catalogue.</summary>
public sealed record ApplicationView
{
    /// <summary>Its row.</summary>
    public required long Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of thing it is.</summary>
    public required string AppType { get; init; }

    /// <summary>Where its source is.</summary>
    public string? Repository { get; init; }

    /// <summary>The branch a batch follows when it names none.</summary>
    public required string DefaultBranch { get; init; }

    /// <summary>Applications that deploy before it.</summary>
    public required IReadOnlyList<string> DependsOn { get; init; }

    /// <summary>Its deploy settings.</summary>
    public required IReadOnlyList<TargetView> Targets { get; init; }

    /// <summary>Number of the open batch it is in.</summary>
    public string? OpenBatch { get; init; }
}
