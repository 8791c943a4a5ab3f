namespace DevopsCd.Contracts.Api;

/// <summary>An application that can be released.</summary>
public sealed record ApplicationView
{
    /// <summary>The application's number in the database; lists are ordered by it.</summary>
    public required long Id { get; init; }

    /// <summary>The unique name of the application.</summary>
    public required string Name { get; init; }

    /// <summary>The project that the application belongs to.</summary>
    public required string Project { get; init; }

    /// <summary>What kind of thing the application is, for people.</summary>
    public required string AppType { get; init; }

    /// <summary>The address of the application's source repository.</summary>
    public string? Repository { get; init; }

    /// <summary>The branch that a batch follows when it names none.</summary>
    public required string DefaultBranch { get; init; }

    /// <summary>The applications that are deployed before this one.</summary>
    public required IReadOnlyList<string> DependsOn { get; init; }

    /// <summary>Where and how the application is deployed, one entry for each stage and cluster.</summary>
    public required IReadOnlyList<TargetView> Targets { get; init; }

    /// <summary>The number of the open batch that the application is in; absent when it is in none.</summary>
    public string? OpenBatch { get; init; }

    /// <summary>Only in the answer to a change: what could not be checked.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}
