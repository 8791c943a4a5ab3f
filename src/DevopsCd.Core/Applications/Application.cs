namespace DevopsCd.Core.Applications;

/// <summary>Something that is released.</summary>
internal sealed class Application
{
    public long Id { get; set; }

    public string Name { get; set; } = "";

    public string AppType { get; set; } = "";

    public string? Repository { get; set; }

    public string DefaultBranch { get; set; } = "main";

    public List<string> DependsOn { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }

    public List<ApplicationTarget> Targets { get; } = [];
}
