using System.Text.Json.Nodes;
using DevopsCd.Cli.Commands;

namespace DevopsCd.Cli.Declaring;

/// <summary>
/// What has to be done so that the service has what is declared. What a document leaves out of an application stays as it is; a project's policy,
/// a target and a freeze are set as a whole. What is not declared stays, unless it is to be pruned: things of the kinds that are declared, and targets of
/// applications whose documents list targets.
/// </summary>
internal static class Plan
{
    /// <summary>Between the turns of two kinds there is room for what belongs to them.</summary>
    private const int Between = 10;

    /// <summary>What is removed comes last, in the reverse order of its making.</summary>
    private static readonly int s_removing = 2 * Between * Kinds.All.Count;

    /// <summary>There is always one, and it cannot be removed.</summary>
    private const string DefaultProject = "default";

    public static IReadOnlyList<Step> Of(IReadOnlyList<Declared> wanted, IReadOnlyList<Declared> present, bool isPruned)
    {
        var there = present.ToDictionary(one => (one.Kind, one.Name));
        var steps = wanted.SelectMany(one => Make(one, there.GetValueOrDefault((one.Kind, one.Name)), isPruned));
        if (isPruned)
        {
            var (kinds, kept) = (wanted.Select(one => one.Kind).ToHashSet(), wanted.Select(one => (one.Kind, one.Name)).ToHashSet());
            steps = steps.Concat(present.Where(one => kinds.Contains(one.Kind) && !kept.Contains((one.Kind, one.Name)) && !one.IsFixed
                && one is not { Kind: Kinds.Project, Name: DefaultProject }).Select(Remove));
        }
        return [.. steps.OrderBy(step => step.Turn)];
    }

    private static IEnumerable<Step> Make(Declared wanted, Declared? present, bool isPruned) => wanted.Kind switch
    {
        Kinds.Project => Whole(wanted, present is null ? null : Policy(present), $"projects/{Escaped(wanted.Name)}", Policy(wanted)),
        Kinds.Freeze => Whole(wanted, present?.Body, $"freezes/{Escaped(wanted.Name)}", wanted.Body),
        Kinds.Binding => present is null ? [Create(wanted, HttpMethod.Put, "access/bindings", wanted.Body)] : [],
        _ => Application(wanted, present, isPruned)
    };

    /// <summary>What is set as a whole: all that differs is told, and all is sent.</summary>
    private static IEnumerable<Step> Whole(Declared wanted, JsonObject? before, string path, JsonObject body)
    {
        var step = Create(wanted, HttpMethod.Put, path, body);
        if (before is null)
            return [step];
        var changes = Changes(before, body);
        return changes.Count == 0 ? [] : [step with { Action = Step.Change, Changes = changes }];
    }

    private static IEnumerable<Step> Application(Declared wanted, Declared? present, bool isPruned)
    {
        var path = $"applications/{Escaped(wanted.Name)}";
        var settings = new JsonObject(wanted.Body.Where(member => member.Key != "targets" && member.Value is not null)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        if (present is null)
        {
            settings["name"] = wanted.Name;
            yield return Create(wanted, HttpMethod.Post, "applications", settings);
        }
        else
        {
            foreach (var same in settings.Select(member => member.Key).Where(name => Meaning.IsSame(name, present.Body[name], settings[name])).ToList())
                settings.Remove(same);
            if (settings.Count > 0)
                yield return Create(wanted, HttpMethod.Patch, path, settings) with
                {
                    Action = Step.Change,
                    Changes = [.. settings.Select(member => Change(member.Key, present.Body[member.Key], member.Value))]
                };
        }
        if (wanted.Body["targets"] is not JsonArray targets)
            yield break;
        var before = (present?.Body["targets"] as JsonArray ?? []).ToDictionary(Place, target => target!.AsObject());
        foreach (var target in targets.Select(target => target!.AsObject()))
            if (Target(wanted, $"{path}/targets/{Path(target)}", target, before.GetValueOrDefault(Place(target))) is { } step)
                yield return step;
        foreach (var gone in isPruned ? before.ExceptBy(targets.Select(Place), one => one.Key) : [])
            yield return new Step(Step.Remove, $"target {wanted.Name} {gone.Key}", HttpMethod.Delete, $"{path}/targets/{Path(gone.Value)}", null, s_removing);
    }

    private static Step? Target(Declared application, string path, JsonObject target, JsonObject? before)
    {
        var body = (JsonObject)target.DeepClone();
        body.Remove("stage");
        body.Remove("cluster");
        body["strategy"] ??= new JsonObject { ["type"] = "rolling" };
        body["wave"] ??= 1;
        var step = new Step(Step.Create, $"target {application.Name} {Place(target)}", HttpMethod.Put, path, body, Turn(application) + 1)
        {
            Where = application.Where
        };
        if (before is null)
            return step;
        var old = (JsonObject)before.DeepClone();
        old.Remove("stage");
        old.Remove("cluster");
        var changes = Changes(old, body);
        return changes.Count == 0 ? null : step with { Action = Step.Change, Changes = changes };
    }

    private static Step Create(Declared wanted, HttpMethod method, string path, JsonObject body) =>
        new(Step.Create, $"{wanted}", method, path, body, Turn(wanted)) { Where = wanted.Where };

    private static Step Remove(Declared gone)
    {
        var path = gone.Kind switch
        {
            Kinds.Project => $"projects/{Escaped(gone.Name)}",
            Kinds.Freeze => $"freezes/{Escaped(gone.Name)}",
            Kinds.Application => $"applications/{Escaped(gone.Name)}",
            _ => Lists.Query("access/bindings", gone.Body.Select(member => (member.Key, (string?)member.Value)))
        };
        return new Step(Step.Remove, $"{gone}", HttpMethod.Delete, path, null, 2 * s_removing - Turn(gone));
    }

    private static JsonObject Policy(Declared project) => project.Body["policy"] as JsonObject ?? [];

    private static int Turn(Declared one) => Between * Kinds.TurnOf(one.Kind);

    private static string Place(JsonNode? target) => $"{target!["stage"]}/{target["cluster"]}";

    private static string Path(JsonObject target) => $"{Escaped($"{target["stage"]}")}/{Escaped($"{target["cluster"]}")}";

    private static List<string> Changes(JsonObject before, JsonObject after) =>
        [.. before.Select(member => member.Key).Union(after.Select(member => member.Key)).Order(StringComparer.Ordinal)
            .Where(name => !Meaning.IsSame(name, before[name], after[name])).Select(name => Change(name, before[name], after[name]))];

    private static string Change(string member, JsonNode? before, JsonNode? after) => $"{member}: {Shown(before)} -> {Shown(after)}";

    private static string Shown(JsonNode? value) =>
        value is null ? "nothing" : value is JsonValue text && text.TryGetValue<string>(out var plain) ? $"'{plain}'" : value.ToJsonString();

    private static string Escaped(string name) => Uri.EscapeDataString(name);
}
