using System.Text.Json.Nodes;

namespace DevopsCd.Host.Tests.Contracts;

/// <summary>
/// <c>schemas/CdEvent.json</c> against facts of the schemas of CDEvents v0.5.1 (tag v0.5.1 of cdevents/spec, read 2026-11-28): their names,
/// what is required, what may not be empty. None of their objects takes other fields. Ours may be stricter and must be laxer nowhere.
/// A path names a field below the event; <c>!</c> says that it is required, <c>+</c> that its text must not be empty.
/// </summary>
public sealed class The_schema_of_CD_events
{
    private static readonly string[] s_everyEvent =
    [
        "context!", "context.specversion!+", "context.id!+", "context.source!+", "context.type!", "context.timestamp!", "context.schemaUri+",
            "context.chainId+", "context.links",
        "subject!", "subject.id!+", "subject.source+", "subject.content!", "customData", "customDataContentType"
    ];

    private static readonly string[] s_service =
    [
        "subject.content.environment!", "subject.content.environment.id!+", "subject.content.environment.source+", "subject.content.artifactId!+"
    ];

    public static TheoryData<string, string, string[]> Facts => new()
    {
        { "artifactPublished", "dev.cdevents.artifact.published.0.3.0", ["subject.content.user+", "subject.content.sbom", "subject.content.sbom.uri!"] },
        { "serviceDeployed", "dev.cdevents.service.deployed.0.3.0", s_service },
        { "serviceUpgraded", "dev.cdevents.service.upgraded.0.3.0", s_service },
        { "serviceRolledBack", "dev.cdevents.service.rolledback.0.3.0", s_service },
        { "environmentModified", "dev.cdevents.environment.modified.0.3.0", ["subject.content.name", "subject.content.uri"] },
    };

    [Theory, MemberData(nameof(Facts))]
    public void Is_nowhere_laxer_than_the_specification(string definition, string type, string[] content)
    {
        var ours = Schema()["definitions"]![definition]!;
        var facts = s_everyEvent.Concat(content).Select(fact => (Path: fact.TrimEnd('!', '+'), IsRequired: fact.Contains('!'), IsFilled: fact.EndsWith('+')))
            .ToList();

        var fields = Fields(ours, "").ToDictionary(field => field.Path);

        fields.Keys.Except(facts.Select(fact => fact.Path)).ShouldBeEmpty("fields that the specification does not know");
        facts.Where(fact => fact.IsRequired && HasParent(fact.Path)).Select(fact => fact.Path)
            .Except(fields.Values.Where(field => field.IsRequired).Select(field => field.Path)).ShouldBeEmpty("required there, not here");
        facts.Where(fact => fact.IsFilled && fields.ContainsKey(fact.Path) && !fields[fact.Path].IsFilled).Select(fact => fact.Path)
            .ShouldBeEmpty("may be empty here");
        Objects(ours).Where(found => found.Path is not "customData" && (bool?)found.Schema["additionalProperties"] != false).Select(found => found.Path)
            .ShouldBeEmpty("takes anything");
        fields["context.type"].Values.ShouldBe([type]);
        fields["context.specversion"].Values.ShouldBe(["0.5.1"]);

        // An optional object that we never write needs no fields.
        bool HasParent(string path) => path.LastIndexOf('.') is var dot && (dot < 0 || fields.ContainsKey(path[..dot]));
    }

    [Fact]
    public void Knows_these_types_and_no_others() =>
        Schema()["definitions"]!.AsObject().Select(definition => definition.Key).ShouldBe(Facts.Select(row => row.Data.Item1), ignoreOrder: true);

    private static JsonNode Schema() => JsonNode.Parse(ContractFiles.Read("schemas/CdEvent.json"))!;

    private static IEnumerable<(string Path, JsonNode Schema)> Objects(JsonNode schema, string path = "")
    {
        yield return (path, schema);
        foreach (var (name, field) in schema["properties"]?.AsObject() ?? [])
            if ((string?)field!["type"] == "object")
                foreach (var inner in Objects(field, path.Length == 0 ? name : $"{path}.{name}"))
                    yield return inner;
    }

    private static IEnumerable<Field> Fields(JsonNode schema, string path)
    {
        var required = schema["required"]?.AsArray().Select(name => (string?)name).ToHashSet() ?? [];
        foreach (var (name, field) in schema["properties"]?.AsObject() ?? [])
        {
            var values = field!["enum"]?.AsArray().Select(value => (string)value!).ToArray() ?? [];
            yield return new Field(path + name, required.Contains(name), values.Length > 0 || (int?)field["minLength"] > 0, values);
            foreach (var inner in Fields(field, $"{path}{name}."))
                yield return inner;
        }
    }

    private sealed record Field(string Path, bool IsRequired, bool IsFilled, string[] Values);
}
