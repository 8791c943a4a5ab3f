namespace DevopsCd.Contracts.Api;

/// <summary>An application to register.</summary>
public sealed record NewApplication
{
    /// <summary>A unique name of letters, digits, <c>.</c> <c>_</c> <c>-</c>, at most 100.</summary>
    public required string Name { get; init; }

    /// <summary>The project it belongs to, which must exist; <c>default</c> without it.</summary>
    public string? Project { get; init; }

    /// <summary>What kind of thing the application is, for people; at most 100 characters.</summary>
    public string? AppType { get; init; }

    /// <summary>The address of the application's source repository: http, https, ssh or git, without a password.</summary>
    public string? Repository { get; init; }

    /// <summary>The branch that a batch follows when it names none; <c>main</c> without it.</summary>
    public string? DefaultBranch { get; init; }

    /// <summary>The applications that are deployed before this one.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }

    /// <summary>Where and how the application is deployed, at most one entry for each stage and cluster. All of them are set, or nothing is.</summary>
    public IReadOnlyList<TargetSetting>? Targets { get; init; }
}
