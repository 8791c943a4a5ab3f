namespace DevopsCd.Core.Releases;

/// <summary>What is true of each stage, whatever the batch.</summary>
internal static class Stages
{
    public static IReadOnlyList<Stage> All { get; } = Enum.GetValues<Stage>();

    /// <summary>Whether the engine starts it without being asked, until it fails (R5).</summary>
    public static bool StartsByItself(this Stage stage) => stage == Stage.Pre;

    /// <summary>Its name for people.</summary>
    public static string Label(this Stage stage) => stage == Stage.Pre ? "预发布 pre-production" : "生产 production";
}
