using System.Text.Json.Nodes;
using DevopsCd.Cli.Commands;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DevopsCd.Cli.Declaring;

/// <summary>Reads documents from files: YAML, of which JSON is a part, any number of documents in each.</summary>
internal static class DeclaredFiles
{
    private static readonly string[] s_endings = [".yaml", ".yml", ".json"];

    /// <param name="session">With standard input, for <c>-</c>.</param>
    /// <param name="paths">Files, folders with files, or <c>-</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CliException">Something cannot be read or is no document; all that is wrong is named with its place.</exception>
    public static async Task<IReadOnlyList<Declared>> ReadAsync(Session session, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var (found, wrong) = (new List<Declared>(), new List<string>());
        foreach (var path in paths.SelectMany(Files))
            Take(path, await ApiCommand.ReadAsync(session, path, cancellationToken), found, wrong);
        foreach (var twice in found.GroupBy(one => (one.Kind, one.Name)).Where(same => same.Count() > 1))
            wrong.Add($"{twice.Last().Where}: {twice.Last()} stands in {twice.First().Where} already");
        if (wrong.Count > 0)
            throw CliException.Usage($"{string.Join('\n', wrong)}");
        return found;
    }

    private static IEnumerable<string> Files(string path) => path != "-" && Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(file => s_endings.Contains(Path.GetExtension(file).ToLowerInvariant()))
            .Order(StringComparer.Ordinal)
        : [path];

    private static void Take(string path, string text, List<Declared> found, List<string> wrong)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
            foreach (var document in stream.Documents)
            {
                var where = $"{path}:{document.RootNode.Start.Line}";
                // A document that holds nothing, as between two lines of dashes.
                if (document.RootNode is YamlScalarNode { Value: null or "" })
                    continue;
                if (YamlJson.Of(document.RootNode) is not JsonObject body)
                    wrong.Add($"{where}: is no document; one is a mapping that begins with kind, one of {string.Join(", ", Kinds.All)}");
                else if (Of(body, where) is var (declared, problem) && declared is not null)
                    found.Add(declared);
                else
                    wrong.Add($"{where}: {problem}");
            }
        }
        catch (YamlException broken)
        {
            wrong.Add($"{path}:{broken.Start.Line}: {broken.Message}");
        }
    }

    private static (Declared? Declared, string Problem) Of(JsonObject body, string where)
    {
        var kind = Text(body, "kind");
        body.Remove("kind");
        if (!Kinds.All.Contains(kind))
            return (null, $"kind is {(kind is null ? "missing" : $"'{kind}'")}; known: {string.Join(", ", Kinds.All)}");
        if (Unknown(body, kind!) is { } unknown)
            return (null, unknown);
        if (kind == Kinds.Binding)
            return Text(body, "subject") is { } subject && Text(body, "role") is { } role && Text(body, "project") is { } project
                ? (new Declared(kind, Declared.BindingName(subject, role, project), body, where), "")
                : (null, "a Binding has a subject, a role and a project, each a text");
        if (Text(body, "name") is not { Length: > 0 } name)
            return (null, $"name is missing or no text: a {kind} has one");
        body.Remove("name");
        if (kind == Kinds.Application && Wrong(body["targets"]) is { } problem)
            return (null, problem);
        return (new Declared(kind!, name, body, where), "");
    }

    private static string? Wrong(JsonNode? targets) => targets is null ? null
        : targets is not JsonArray list || list.Any(target => target is not JsonObject one || Text(one, "stage") is null || Text(one, "cluster") is null)
            ? "targets is a list, and each has a stage and a cluster"
            : list.Select(target => (Text(target!.AsObject(), "stage"), Text(target.AsObject(), "cluster"))).Distinct().Count() < list.Count
                ? "targets has a stage and cluster twice"
                : list.Select(target => Unknown(target!.AsObject(), Kinds.Target)).FirstOrDefault(problem => problem is not null);

    /// <summary>A word that is written wrong would otherwise be left out without a word.</summary>
    private static string? Unknown(JsonObject body, string kind) => body.Select(member => member.Key).Except(Kinds.Members[kind]).FirstOrDefault() is { } member
        ? $"'{member}' is no member of {kind}; known: {string.Join(", ", Kinds.Members[kind])}"
        : null;

    private static string? Text(JsonObject body, string member) =>
        body[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
