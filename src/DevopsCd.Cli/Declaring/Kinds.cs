namespace DevopsCd.Cli.Declaring;

/// <summary>What a document can declare, in the order in which it is made: what comes first is what the others name.</summary>
internal static class Kinds
{
    public const string Project = "Project";
    public const string Application = "Application";
    public const string Binding = "Binding";
    public const string Freeze = "Freeze";

    /// <summary>Where an application is deployed: a part of its document.</summary>
    public const string Target = "Target";

    public static IReadOnlyList<string> All { get; } = [Project, Application, Binding, Freeze];

    /// <summary>What a document of each kind may have beside its kind; a word that is none of these is an error of writing.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Members { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        [Project] = ["name", "policy"],
        [Application] = ["name", "project", "appType", "repository", "defaultBranch", "dependsOn", "targets"],
        [Target] = ["stage", "cluster", "namespace", "workload", "strategy", "wave"],
        [Binding] = ["subject", "role", "project"],
        [Freeze] = ["name", "reason", "projects", "stages", "clusters", "from", "to", "rule", "start", "duration", "zone", "inFlight"]
    };

    public static int TurnOf(string kind) => All.TakeWhile(one => one != kind).Count();
}
