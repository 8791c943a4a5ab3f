using System.Text.Json.Nodes;
using DevopsCd.Cli.Commands;

namespace DevopsCd.Cli.Declaring;

/// <summary>What the service has at present, in the form of documents.</summary>
internal static class Catalogue
{
    private const string PageSize = "200";

    /// <summary>All of these kinds that the caller may see, in the order of their making and by name.</summary>
    public static async Task<IReadOnlyList<Declared>> ReadAsync(Session session, IReadOnlyCollection<string> kinds, CancellationToken cancellationToken)
    {
        var found = new List<Declared>();
        if (kinds.Contains(Kinds.Project))
            found.AddRange((await AllAsync(session, "projects", cancellationToken)).Select(item => Of(Kinds.Project, item)));
        if (kinds.Contains(Kinds.Application))
            found.AddRange((await AllAsync(session, "applications", cancellationToken)).Select(item => Of(Kinds.Application, item)));
        if (kinds.Contains(Kinds.Binding))
            found.AddRange((await AllAsync(session, "access/bindings", cancellationToken)).Select(item =>
                new Declared(Kinds.Binding, Declared.BindingName(Text(item, "subject"), Text(item, "role"), Text(item, "project")), Body(Kinds.Binding, item))
                {
                    IsFixed = Text(item, "source") != "database"
                }));
        if (kinds.Contains(Kinds.Freeze))
            found.AddRange((await AllAsync(session, "freezes", cancellationToken)).Select(item =>
                new Declared(Kinds.Freeze, Text(item, "name"), (JsonObject)item["freeze"]!.DeepClone())));
        return [.. found.OrderBy(one => Kinds.TurnOf(one.Kind)).ThenBy(one => one.Name, StringComparer.Ordinal)];
    }

    private static async Task<IReadOnlyList<JsonObject>> AllAsync(Session session, string path, CancellationToken cancellationToken)
    {
        var items = new List<JsonObject>();
        string? cursor = null;
        do
        {
            // Short lists come whole, and their routes know no page.
            var at = path is "applications" or "access/bindings" ? Lists.Query(path, ("limit", PageSize), ("cursor", cursor)) : path;
            var page = (await session.Api.GetAsync(at, cancellationToken)).As<JsonObject>();
            items.AddRange(page["items"]!.AsArray().Select(item => item!.AsObject()));
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);
        return items;
    }

    private static Declared Of(string kind, JsonObject item) => new(kind, Text(item, "name"), Body(kind, item));

    private static string Text(JsonObject item, string member) => (string)item[member]!;

    /// <summary>What a document says of it.</summary>
    private static JsonObject Body(string kind, JsonObject item) => new(Kinds.Members[kind].Where(member => member != "name" && item[member] is not null)
        .Select(member => KeyValuePair.Create(member, (JsonNode?)item[member]!.DeepClone())));
}
