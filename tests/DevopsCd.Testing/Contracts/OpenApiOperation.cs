using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevopsCd.Testing.Contracts;

/// <summary>One operation of a document.</summary>
public sealed class OpenApiOperation
{
    private const string Problem = "application/problem+json";

    private static readonly string[] s_watched = ["ETag", "Location", "Retry-After"];

    private readonly OpenApiContract _contract;
    private readonly JsonObject _operation;
    private readonly string[] _segments;
    private readonly Dictionary<string, string?> _pathTypes;

    internal OpenApiOperation(OpenApiContract contract, string method, string path, JsonObject operation)
    {
        (_contract, Method, Path, _operation, _segments) = (contract, method, path, operation, path.Trim('/').Split('/'));
        _pathTypes = Parameters.Where(p => (string?)p["in"] == "path").ToDictionary(p => (string)p["name"]!,
            p => (string?)p["schema"]!["format"] ?? (string?)p["schema"]!["type"]);
    }

    public string Method { get; }

    public string Path { get; }

    public string Id => (string)_operation["operationId"]!;

    public JsonObject Json => _operation;

    public bool TakesBody => _operation["requestBody"] is not null;

    public int ParametersInPath => _segments.Count(s => s.StartsWith('{'));

    public IEnumerable<JsonObject> Parameters => (_operation["parameters"] as JsonArray ?? []).Select(p => p!.AsObject());

    /// <summary>Status and problem type of every declared refusal.</summary>
    public IEnumerable<(int Status, string Type)> Refusals => Responses.SelectMany(r => Types(r.Value).Select(type => (r.Key, type)));

    /// <summary>The declared answers by status, references followed; without <c>default</c>, which stands for defects.</summary>
    public IReadOnlyDictionary<int, JsonObject> Responses => _operation["responses"]!.AsObject().Where(r => r.Key != "default")
        .ToDictionary(r => int.Parse(r.Key, CultureInfo.InvariantCulture), r => _contract.Resolve(r.Value!));

    public bool Matches(string path)
    {
        var segments = path.Trim('/').Split('/');
        return segments.Length == _segments.Length && segments.Zip(_segments)
            .All(pair => pair.Second.StartsWith('{') ? IsOf(_pathTypes[pair.Second.Trim('{', '}')], pair.First) : pair.First == pair.Second);
    }

    /// <summary>What an answer has that the document does not, in words; empty when there is nothing.</summary>
    public IEnumerable<string> Undeclared(int status, HttpResponseHeaders headers, MediaTypeHeaderValue? contentType, string body)
    {
        if (!Responses.TryGetValue(status, out var response))
        {
            yield return $"status {status}";
            yield break;
        }
        var declared = response["headers"]?.AsObject().Select(h => h.Key).ToHashSet(StringComparer.OrdinalIgnoreCase) ?? [];
        foreach (var header in s_watched.Where(name => headers.Contains(name) != declared.Contains(name)))
            yield return declared.Contains(header) ? $"no header {header}, which is declared" : $"header {header}";
        if (body.Length == 0)
            yield break;
        if (response["content"]?[contentType?.MediaType ?? ""] is not { } content)
        {
            yield return $"content type {contentType}";
            yield break;
        }
        if (Read(body) is not { } json)
        {
            yield return "a body that is not one JSON value";
            yield break;
        }
        if (contentType!.MediaType == Problem && !Types(response).Contains((string?)json["type"]))
            yield return $"problem {json["type"]}";
        foreach (var difference in new SchemaCheck(_contract).Differences(json, content["schema"]!, "$"))
            yield return difference;
    }

    private static JsonNode? Read(string body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Types(JsonObject response) =>
        response["content"]?[Problem]?["examples"]?.AsObject().Select(example => (string)example.Value!["value"]!["type"]!) ?? [];

    private static bool IsOf(string? type, string segment) => type switch
    {
        "int32" or "int64" or "integer" => long.TryParse(segment, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "uuid" => Guid.TryParse(segment, out _),
        _ => true
    };

    public override string ToString() => $"{Method} {Path}";
}
