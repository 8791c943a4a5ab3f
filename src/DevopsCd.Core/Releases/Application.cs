namespace DevopsCd.Core.Releases;

/// <summary>Something that is released.</summary>
internal sealed class Application
{
    /// <summary>The project of what was put into no other.</summary>
    public const string DefaultProject = "default";

    public long Id { get; set; }

    public string Name { get; set; } = "";

    /// <summary>The project it belongs to, whose policy and rights count.</summary>
    public string Project { get; set; } = DefaultProject;

    public string AppType { get; set; } = "";

    public string? Repository { get; set; }

    public string DefaultBranch { get; set; } = "main";

    public List<string> DependsOn { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was removed: from then on it is only history, and its name is free for another one. Null while it is registered.</summary>
    public DateTimeOffset? RemovedAt { get; set; }

    public List<ApplicationTarget> Targets { get; } = [];
}
