using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DevopsCd.Cli.Declaring;
using DevopsCd.Testing;
using NJsonSchema;
using YamlDotNet.RepresentationModel;

namespace DevopsCd.Cli.Tests;

/// <summary>
/// <c>contracts/schemas/CatalogueDocument.json</c>, for editors and pipelines: made of what the API takes. DEVOPSCD_UPDATE_CONTRACTS=1 writes it anew.
/// </summary>
public sealed partial class The_schema_of_a_catalogue
{
    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string s_file = Repository.PathTo("contracts", "schemas", "CatalogueDocument.json");

    private static readonly JsonNode s_api =
        JsonNode.Parse(File.ReadAllText(Repository.PathTo("contracts", "openapi", "host.json")))!["components"]!["schemas"]!;

    [Fact]
    public async Task Is_what_the_API_takes_and_apply_knows()
    {
        var schema = Schema();

        var text = schema.ToJsonString(s_format) + "\n";
        if (Environment.GetEnvironmentVariable("DEVOPSCD_UPDATE_CONTRACTS") == "1")
            await File.WriteAllTextAsync(s_file, text, TestContext.Current.CancellationToken);
        text.ShouldBe(await File.ReadAllTextAsync(s_file, TestContext.Current.CancellationToken));
        foreach (var (kind, members) in Kinds.Members)
            schema["definitions"]![kind]!["properties"]!.AsObject().Select(member => member.Key).Where(member => member != "kind")
                .ShouldBe(members, ignoreOrder: true);
    }

    [Theory]
    [InlineData("kind: Application\nname: a\ndependOn: [b]", false)]
    [InlineData("kind: Application\nname: a\ntargets: [{ stage: pre, cluster: c1 }]", false)]
    [InlineData("kind: Project\nname: a\npolicy: { approval: 2 }", false)]
    [InlineData("kind: Binding\nsubject: user:ann\nrole: viewer", false)]
    [InlineData("kind: Freeze\nname: a", false)]
    [InlineData("kind: Project\nname: a", true)]
    public async Task Takes_what_is_a_document(string document, bool isOne)
    {
        var schema = await JsonSchema.FromJsonAsync(Schema().ToJsonString(), TestContext.Current.CancellationToken);

        (schema.Validate(Documents(document).Single()).Count == 0).ShouldBe(isOne);
    }

    [Fact]
    public async Task Takes_the_catalogue_of_the_page_of_the_command_line()
    {
        var schema = await JsonSchema.FromJsonAsync(Schema().ToJsonString(), TestContext.Current.CancellationToken);
        var page = await File.ReadAllTextAsync(Repository.PathTo("src", "DevopsCd.Cli", "README.md"), TestContext.Current.CancellationToken);

        var documents = Documents(Block().Match(page).Groups["lines"].Value).ToList();

        documents.Count.ShouldBe(Kinds.All.Count);
        foreach (var document in documents)
            schema.Validate(document).ShouldBeEmpty(document);
    }

    private static IEnumerable<string> Documents(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Select(document => YamlJson.Of(document.RootNode)!.ToJsonString());
    }

    private static JsonObject Schema()
    {
        var definitions = new JsonObject();
        var place = Component("TargetView")["properties"]!;
        var target = Body("TargetBody", ("stage", place["stage"]!), ("cluster", place["cluster"]!));
        Define(Kinds.Project, "A project, and what it asks of its releases: the policy as a whole.",
            Of(["name"], ("name", Name()), ("policy", new JsonObject { ["$ref"] = "#/components/schemas/ProjectPolicyBody" })));
        Define(Kinds.Application, "An application. What is left out stays as it is.", Body("NewApplication",
            ("targets", new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = $"#/components/schemas/{Kinds.Target}" } })));
        Define(Kinds.Binding, "Who has which role in which project.", Body("BindingBody"));
        Define(Kinds.Freeze, "A time in which stages do not start, as a whole.", Body("FreezeBody", ("name", Name())));
        target["required"] = new JsonArray("stage", "cluster", "namespace", "workload");
        definitions[Kinds.Target] = Closed(target);
        foreach (var part in (string[])["ProjectPolicyBody", "ApprovalPolicyBody", "GateBody"])
            definitions[part] = Closed(Component(part));
        foreach (var part in (string[])["DeployWorkload", "DeployStrategy"])
            definitions[part] = Component(part);
        definitions[Kinds.Freeze]!["required"] = new JsonArray("kind", "name", "reason");
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = "urn:schema:DevopsCd:CatalogueDocument",
            ["title"] = "CatalogueDocument",
            ["description"] = "One document of the files that `devopscd apply` takes and `devopscd export` writes.",
            ["oneOf"] = new JsonArray([.. Kinds.All.Select(kind => (JsonNode)new JsonObject { ["$ref"] = $"#/definitions/{kind}" })]),
            ["definitions"] = definitions
        };
        return JsonNode.Parse(schema.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal))!.AsObject();

        void Define(string kind, string description, JsonObject body)
        {
            var properties = new JsonObject { ["kind"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray(kind) } };
            foreach (var (name, member) in body["properties"]!.AsObject())
                properties[name] = member!.DeepClone();
            var required = new JsonArray(["kind", .. body["required"]!.AsArray().Select(name => name!.DeepClone())]);
            definitions[kind] = new JsonObject
            {
                ["description"] = description,
                ["type"] = "object",
                ["properties"] = properties,
                ["required"] = required,
                ["additionalProperties"] = false
            };
        }
    }

    private static JsonObject Component(string name) => s_api[name]!.DeepClone().AsObject();

    /// <summary>What the API takes, and members beside it that it has in its address.</summary>
    private static JsonObject Body(string component, params ReadOnlySpan<(string Name, JsonNode Member)> more)
    {
        var body = Component(component);
        foreach (var (name, member) in more)
            body["properties"]![name] = member.DeepClone();
        return body;
    }

    private static JsonObject Of(string[] required, params ReadOnlySpan<(string Name, JsonNode Member)> members)
    {
        var properties = new JsonObject();
        foreach (var (name, member) in members)
            properties[name] = member;
        return new JsonObject { ["properties"] = properties, ["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]) };
    }

    private static JsonObject Closed(JsonObject component)
    {
        component["additionalProperties"] = false;
        return component;
    }

    private static JsonObject Name() => new() { ["type"] = "string", ["description"] = "What it is called among those of its kind." };

    [GeneratedRegex("```yaml\n(?<lines>kind: Project.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
