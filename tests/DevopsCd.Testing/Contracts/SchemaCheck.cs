using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevopsCd.Testing.Contracts;

/// <summary>
/// Compares a body with its schema in both directions: besides what a validator finds, a member that the schema does not name is a difference,
/// because a generated client would never show it.
/// </summary>
internal sealed class SchemaCheck(OpenApiContract contract)
{
    public IEnumerable<string> Differences(JsonNode? value, JsonNode schema, string at)
    {
        var known = contract.Resolve(schema);
        if (known["oneOf"] is JsonArray either)
            return either.Any(one => !Differences(value, one!, at).Any()) ? [] : [$"{at} fits none of the alternatives"];
        var types = known["type"] switch
        {
            JsonArray several => several.Select(t => (string)t!).ToHashSet(),
            JsonValue one => [(string)one!],
            _ => (HashSet<string>)[]
        };
        if (types.Count > 0 && !types.Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && types.Contains("number")))
            return [$"{at} is {TypeOf(value)}, declared {string.Join("|", types)}"];
        return value switch
        {
            JsonObject members => Members(members, known, at),
            JsonArray items when known["items"] is { } item => items.SelectMany((child, i) => Differences(child, item, $"{at}[{i}]")),
            JsonValue text when known["enum"] is JsonArray values
                && !values.Any(v => JsonNode.DeepEquals(v, text)) => [$"{at} is {text}, declared {values.ToJsonString()}"],
            _ => []
        };
    }

    private IEnumerable<string> Members(JsonObject members, JsonObject schema, string at)
    {
        foreach (var required in (schema["required"] as JsonArray ?? []).Select(r => (string)r!).Where(r => !members.ContainsKey(r)))
            yield return $"{at}.{required} is missing, declared required";
        var (properties, others) = (schema["properties"] as JsonObject, schema["additionalProperties"]);
        if (properties is null && others is null)
            yield break;
        foreach (var (name, child) in members)
        {
            if (properties?[name] is { } property)
            {
                foreach (var difference in Differences(child, property, $"{at}.{name}"))
                    yield return difference;
            }
            else if (others is JsonObject other)
            {
                foreach (var difference in Differences(child, other, $"{at}.{name}"))
                    yield return difference;
            }
            else if (others is null)
            {
                yield return $"{at}.{name} is not declared";
            }
        }
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.ToJsonString().AsSpan().IndexOfAny(".eE") < 0 ? "integer" : "number",
        JsonValueKind.Array => "array",
        _ => "object"
    };
}
