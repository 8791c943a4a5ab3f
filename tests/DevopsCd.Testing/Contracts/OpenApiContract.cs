using System.Text.Json.Nodes;

namespace DevopsCd.Testing.Contracts;

/// <summary>A committed OpenAPI document: what a service may answer.</summary>
public sealed class OpenApiContract
{
    private readonly JsonObject _document;

    private OpenApiContract(JsonObject document)
    {
        _document = document;
        Operations = [.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method =>
            new OpenApiOperation(this, method.Key.ToUpperInvariant(), path.Key, method.Value!.AsObject())))];
    }

    /// <summary>The host's, in <c>contracts/openapi/host.json</c>.</summary>
    public static OpenApiContract Host { get; } = Read("host.json");

    /// <summary>The deploy service's, in <c>contracts/openapi/deploy-service.json</c>.</summary>
    public static OpenApiContract DeployService { get; } = Read("deploy-service.json");

    /// <summary>Every method of every path.</summary>
    public IReadOnlyList<OpenApiOperation> Operations { get; }

    /// <summary>The operation of a request, or null where the document has none.</summary>
    public OpenApiOperation? Find(HttpMethod method, string path)
    {
        var verb = method == HttpMethod.Head ? "GET" : method.Method;
        // A fixed word is more than a parameter.
        return Operations.Where(o => o.Method == verb && o.Matches(path)).OrderBy(o => o.ParametersInPath).FirstOrDefault();
    }

    /// <summary>Follows a reference into the components.</summary>
    internal JsonObject Resolve(JsonNode node) => (string?)node["$ref"] is { } reference
        ? Resolve(reference.Split('/').Skip(1).Aggregate((JsonNode)_document, (at, name) => at[name]!))
        : node.AsObject();

    private static OpenApiContract Read(string file) => new(JsonNode.Parse(File.ReadAllText(Repository.PathTo("contracts", "openapi", file)))!.AsObject());
}
