namespace DevopsCd.Contracts.Api;

/// <summary>A change of an application; what is absent stays as it is.</summary>
public sealed record ApplicationChange
{
    /// <summary>Moves the application to this project, which must exist. Refused while the application is in an open batch.</summary>
    public string? Project { get; init; }

    /// <summary>What kind of thing the application is, for people; at most 100 characters.</summary>
    public string? AppType { get; init; }

    /// <summary>The address of the application's source repository: http, https, ssh or git, without a password. An empty text: none.</summary>
    public string? Repository { get; init; }

    /// <summary>The branch that a batch follows when it names none. Batches that are open follow what they follow.</summary>
    public string? DefaultBranch { get; init; }

    /// <summary>The applications that are deployed before this one. Batches that are open keep their order.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }

    /// <summary>Targets to set, each as a whole, at most one entry for each stage and cluster. Targets that are not named stay as they are.</summary>
    public IReadOnlyList<TargetSetting>? Targets { get; init; }
}
