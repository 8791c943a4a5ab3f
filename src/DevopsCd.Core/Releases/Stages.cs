using DevopsCd.Shared;

namespace DevopsCd.Core.Releases;

/// <summary>What is true of each stage, whatever the batch.</summary>
internal static class Stages
{
    public static IReadOnlyList<Stage> All { get; } = Enum.GetValues<Stage>();

    /// <summary>Those that deploy, in their order: applications have settings for them.</summary>
    public static IReadOnlyList<Stage> Forward { get; } = [.. All.Where(stage => !stage.GoesBack())];

    /// <summary>Whether it takes back what another one has deployed.</summary>
    public static bool GoesBack(this Stage stage) => stage == Stage.Rollback;

    /// <summary>The stage by whose settings it goes: its own, or those of the one that it takes back.</summary>
    public static Stage Place(this Stage stage) => stage.GoesBack() ? Stage.Prod : stage;

    /// <summary>The stages that move the same place: production, and the way back from it.</summary>
    public static IReadOnlyList<Stage> OfSamePlace(this Stage stage) => [.. All.Where(other => other.Place() == stage.Place())];

    /// <summary>Whether another stage takes back what it has deployed, so that what ran before it has to be known.</summary>
    public static bool CanBeTakenBack(this Stage stage) => !stage.GoesBack() && stage.OfSamePlace().Count > 1;

    /// <summary>What goes before each application in a stage: what it depends on, and on the way back what depends on it.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="dependsOn">What each application depends on, by its name.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Order(this Stage stage, IReadOnlyDictionary<string, IReadOnlyList<string>> dependsOn)
    {
        if (!stage.GoesBack())
            return dependsOn;
        var dependents = dependsOn.SelectMany(app => app.Value.Select(on => (On: on, app.Key))).ToLookup(p => p.On, p => p.Key, StringComparer.Ordinal);
        return dependsOn.Keys.ToDictionary(name => name, name => (IReadOnlyList<string>)[.. dependents[name]], StringComparer.Ordinal);
    }

    /// <summary>Whether the engine starts it without being asked, until it fails (R5).</summary>
    public static bool StartsByItself(this Stage stage) => stage == Stage.Pre;

    /// <summary>Its name for people.</summary>
    public static string Label(this Stage stage) => stage switch
    {
        Stage.Pre => "预发布 pre-production",
        Stage.Prod => "生产 production",
        _ => "生产回滚 rollback of production"
    };

    /// <summary>A stage that deploys, by the name that the API gives it.</summary>
    public static bool TryForward(string name, out Stage stage) => EnumNames<Stage>.TryValue(name, out stage) && !stage.GoesBack();
}
