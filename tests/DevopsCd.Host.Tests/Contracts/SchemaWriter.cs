using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Core.MessageContracts;

namespace DevopsCd.Host.Tests.Contracts;

/// <summary>Writes JSON Schema 2020-12 from the shapes and rules the reader itself goes by.</summary>
internal static class SchemaWriter
{
    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(ContractType contract)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = $"urn:schema:DevopsCd.Contracts:{contract.Name}",
            ["title"] = contract.Name,
        };
        foreach (var (key, value) in ObjectOf(contract.Type).ToList())
            schema[key] = value?.DeepClone();
        return ToText(schema);
    }

    public static string ToText(JsonNode node) => node.ToJsonString(s_format) + "\n";

    private static JsonObject ObjectOf(Type type)
    {
        var shape = ContractShape.Of(type);
        var properties = new JsonObject();
        foreach (var member in shape.Members)
        {
            var property = ValueOf(member.Type, member);
            if (member.Nullable)
                AllowNull(property);
            property["description"] = Documentation.Of(member.Property);
            properties[member.Name] = property;
        }

        var result = new JsonObject { ["description"] = Documentation.Of(type), ["type"] = "object", ["properties"] = properties };
        if (shape.Members.Any(m => m.Required))
            result["required"] = new JsonArray([.. shape.Members.Where(m => m.Required).Select(m => (JsonNode)m.Name)]);
        return result;
    }

    private static JsonObject ValueOf(Type type, ContractShape.Member member)
    {
        if (ContractShape.ItemOf(type) is { } item)
            return new JsonObject { ["type"] = "array", ["items"] = ValueOf(item, member), ["maxItems"] = FieldRules.MostItems };
        if (type == typeof(string))
            return TextOf(member);
        if (type == typeof(Guid))
            return new JsonObject { ["type"] = "string", ["format"] = "uuid" };
        if (type == typeof(DateTimeOffset))
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (type == typeof(bool))
            return new JsonObject { ["type"] = "boolean" };
        if (type == typeof(int) || type == typeof(long))
            return new JsonObject { ["type"] = "integer", ["minimum"] = 0 };
        if (type.IsEnum)
            return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. ContractShape.NamesOf(type).Select(n => (JsonNode)n)]) };
        return ObjectOf(type);
    }

    private static JsonObject TextOf(ContractShape.Member member)
    {
        var rule = FieldRules.For(member);
        var text = new JsonObject { ["type"] = "string", ["maxLength"] = rule.Longest };
        if (member.Required)
            text["minLength"] = 1;
        if (rule.Pattern is not null)
            text["pattern"] = rule.Pattern;
        return text;
    }

    private static void AllowNull(JsonObject property)
    {
        property["type"] = new JsonArray(property["type"]!.DeepClone(), "null");
        if (property["enum"] is JsonArray names)
            names.Add(null);
    }
}
