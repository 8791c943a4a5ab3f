using System.Text;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Deployments;
using DevopsCd.Shared;

namespace DevopsCd.Core.Applications;

/// <summary>How an application is to be deployed in one stage and cluster, by the rules of the catalogue.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="View">The target as it will be shown.</param>
/// <param name="Settings">Those of its strategy, as JSON.</param>
internal sealed record WantedTarget(Stage Stage, TargetView View, string Settings)
{
    public const int MostWaves = 20;
    private const int MostTargets = 100;
    private const int MostSettingsBytes = 16 * 1024;
    private static readonly string[] s_kinds = ["Deployment", "StatefulSet", "DaemonSet", "Rollout", "Application", "HelmRelease", "Release"];

    /// <summary>Where it stands in what was sent, before the names of its fields; empty for one that is all of it.</summary>
    public string At { get; private init; } = "";

    /// <exception cref="BatchRefusedException">A field is wrong.</exception>
    public static WantedTarget Of(string stage, string cluster, TargetBody body)
    {
        if (!Stages.TryForward(stage, out var place))
            throw BatchRefusedException.Content("stage", $"'{stage}' is neither pre nor prod");
        var settings = CheckShape(cluster, body);
        return new WantedTarget(place, new TargetView
        {
            Stage = EnumNames<Stage>.Of(place),
            Cluster = cluster,
            Namespace = body.Namespace,
            Workload = body.Workload,
            Strategy = body.Strategy ?? new DeployStrategy { Type = DeployStrategyNames.Rolling },
            Wave = body.Wave ?? 1
        }, settings);
    }

    /// <summary>All of a list; null is an empty one.</summary>
    /// <exception cref="BatchRefusedException">Fields are wrong, and each is named; or two of them are for one stage and cluster.</exception>
    public static IReadOnlyList<WantedTarget> Of(IReadOnlyList<TargetSetting>? targets)
    {
        if (targets is null)
            return [];
        if (targets.Count > MostTargets)
            throw BatchRefusedException.Content("targets", $"an application has at most {MostTargets} targets");
        var wanted = new List<WantedTarget>(targets.Count);
        var wrong = new Dictionary<string, Sentence[]>(StringComparer.Ordinal);
        foreach (var (index, target) in targets.Index())
        {
            var at = $"targets[{index}].";
            try
            {
                var one = Of(target.Stage, target.Cluster,
                    new TargetBody { Namespace = target.Namespace, Workload = target.Workload, Strategy = target.Strategy, Wave = target.Wave });
                if (wanted.Any(before => before.Stage == one.Stage && before.View.Cluster == one.View.Cluster))
                    throw BatchRefusedException.Content("cluster", $"the list has {target.Stage}/{target.Cluster} twice");
                wanted.Add(one with { At = at });
            }
            catch (BatchRefusedException refused)
            {
                foreach (var (field, errors) in refused.Fields)
                    wrong[at + field] = errors;
            }
        }
        return wrong.Count == 0 ? wanted : throw BatchRefusedException.Content(wrong);
    }

    /// <summary>The application's target in this stage and cluster, or null.</summary>
    public ApplicationTarget? Find(Application application) => application.Targets.SingleOrDefault(t => t.Stage == Stage && t.Cluster == View.Cluster);

    /// <summary>Makes the application's target so, or gives it one. Its targets must have been read.</summary>
    /// <exception cref="BatchRefusedException">It has as many as it may have.</exception>
    public void Set(Application application)
    {
        if (Find(application) is not { } target)
        {
            if (application.Targets.Count >= MostTargets)
                throw BatchRefusedException.Content($"{At}cluster", $"an application has at most {MostTargets} targets");
            application.Targets.Add(target = new ApplicationTarget { Stage = Stage, Cluster = View.Cluster });
        }
        target.Namespace = View.Namespace;
        target.WorkloadKind = View.Workload.Kind;
        target.WorkloadName = View.Workload.Name;
        target.Container = View.Workload.Container;
        target.Strategy = View.Strategy.Type;
        target.StrategySettings = Settings;
        target.Wave = View.Wave;
    }

    private static string CheckShape(string cluster, TargetBody body)
    {
        CatalogueRules.Name("cluster", cluster);
        CatalogueRules.Name("namespace", body.Namespace);
        CatalogueRules.Name("workload.name", body.Workload.Name);
        if (body.Workload.Container is { } container)
            CatalogueRules.Name("workload.container", container);
        if (!s_kinds.Contains(body.Workload.Kind, StringComparer.Ordinal))
            throw BatchRefusedException.Content("workload.kind", $"must be one of: {string.Join(", ", s_kinds)}");
        if (body.Strategy is { } strategy && !DeployStrategyNames.All.Contains(strategy.Type, StringComparer.Ordinal))
            throw BatchRefusedException.Content("strategy.type", $"must be one of: {string.Join(", ", DeployStrategyNames.All)}");
        if (body.Wave is < 1 or > MostWaves)
            throw BatchRefusedException.Content("wave", $"must be 1 to {MostWaves}");
        var settings = JsonSerializer.Serialize(body.Strategy?.Settings ?? [], JsonSerializerOptions.Web);
        if (Encoding.UTF8.GetByteCount(settings) > MostSettingsBytes)
            throw BatchRefusedException.Content("strategy", $"its settings must be at most {MostSettingsBytes} bytes of JSON");
        SimulationScript.Check(settings);
        return settings;
    }
}
