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
    /// <summary>What is removed comes last, in the reverse order of its making.</summary>
    private static readonly int s_removing = Kinds.All.Count;

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
        if (before is null)
            return [Create(wanted, HttpMethod.Put, path, body)];
        var changes = Changes(before, body);
        return changes.Count == 0 ? [] : [Make(wanted, [new Difference(Difference.Change, $"{wanted}") { Changes = changes }], HttpMethod.Put, path, body)];
    }

    /// <summary>An application and those of its targets that differ, in one call.</summary>
    private static IEnumerable<Step> Application(Declared wanted, Declared? present, bool isPruned)
    {
        var path = $"applications/{Escaped(wanted.Name)}";
        var body = new JsonObject(wanted.Body.Where(member => member.Key != "targets" && member.Value is not null)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        var differences = new List<Difference>();
        if (present is null)
        {
            body["name"] = wanted.Name;
            differences.Add(new Difference(Difference.Create, $"{wanted}"));
        }
        else
        {
            foreach (var same in body.Select(member => member.Key).Where(name => Meaning.IsSame(name, present.Body[name], body[name])).ToList())
                body.Remove(same);
            if (body.Count > 0)
                differences.Add(new Difference(Difference.Change, $"{wanted}")
                {
                    Changes = [.. body.Select(member => Change(member.Key, present.Body[member.Key], member.Value))]
                });
        }
        var before = (present?.Body["targets"] as JsonArray ?? []).ToDictionary(Place, target => target!.AsObject());
        var targets = wanted.Body["targets"] as JsonArray;
        var differing = (targets ?? []).Select(target => (Target: target!.AsObject(), Difference: Target(wanted, target!.AsObject(), before)))
            .Where(target => target.Difference is not null).ToList();
        if (differing.Count > 0)
            body["targets"] = new JsonArray([.. differing.Select(target => target.Target.DeepClone())]);
        differences.AddRange(differing.Select(target => target.Difference!));
        if (differences.Count > 0)
            yield return present is null
                ? Make(wanted, differences, HttpMethod.Post, "applications", body)
                : Make(wanted, differences, HttpMethod.Patch, path, body);
        foreach (var gone in isPruned && targets is not null ? before.ExceptBy(targets.Select(Place), one => one.Key) : [])
            yield return new Step([new Difference(Difference.Remove, $"target {wanted.Name} {gone.Key}")], HttpMethod.Delete,
                $"{path}/targets/{Path(gone.Value)}", null, s_removing);
    }

    private static Difference? Target(Declared application, JsonObject target, Dictionary<string, JsonObject> before)
    {
        var what = $"target {application.Name} {Place(target)}";
        if (!before.TryGetValue(Place(target), out var old))
            return new Difference(Difference.Create, what);
        var whole = (JsonObject)target.DeepClone();
        whole["strategy"] ??= new JsonObject { ["type"] = "rolling" };
        whole["wave"] ??= 1;
        var changes = Changes(old, whole);
        return changes.Count == 0 ? null : new Difference(Difference.Change, what) { Changes = changes };
    }

    private static Step Create(Declared wanted, HttpMethod method, string path, JsonObject body) =>
        Make(wanted, [new Difference(Difference.Create, $"{wanted}")], method, path, body);

    private static Step Make(Declared wanted, IReadOnlyList<Difference> differences, HttpMethod method, string path, JsonObject body) =>
        new(differences, method, path, body, Kinds.TurnOf(wanted.Kind)) { Where = wanted.Where };

    private static Step Remove(Declared gone)
    {
        var path = gone.Kind switch
        {
            Kinds.Project => $"projects/{Escaped(gone.Name)}",
            Kinds.Freeze => $"freezes/{Escaped(gone.Name)}",
            Kinds.Application => $"applications/{Escaped(gone.Name)}",
            _ => Lists.Query("access/bindings", gone.Body.Select(member => (member.Key, (string?)member.Value)))
        };
        return new Step([new Difference(Difference.Remove, $"{gone}")], HttpMethod.Delete, path, null, 2 * s_removing - Kinds.TurnOf(gone.Kind));
    }

    private static JsonObject Policy(Declared project) => project.Body["policy"] as JsonObject ?? [];

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
