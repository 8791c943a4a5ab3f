using System.Text.Json;
using System.Text.Unicode;

namespace DevopsCd.Core.MessageContracts;

/// <summary>
/// Reads a contract from JSON strictly. System.Text.Json alone stops at the first fault and fills gaps with defaults; a producer in
/// another language needs every wrong field at once, and a batch must never be moved by a default value.
/// </summary>
internal static class ContractReader
{
    /// <summary>The largest body that is looked at.</summary>
    public const int LargestBody = 1024 * 1024;

    public const int Depth = 32;

    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        MaxDepth = Depth,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
    };

    private static readonly JsonDocumentOptions s_document = new() { AllowDuplicateProperties = false, MaxDepth = Depth };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Parses a body, refusing what is no JSON object with a sentence that says why.</summary>
    /// <exception cref="MessageRefusedException">The body is no readable JSON object.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Length > LargestBody)
            throw new MessageRefusedException($"the body has {body.Length} bytes; at most {LargestBody} are taken");
        if (body.Span.StartsWith(ByteOrderMark))
            body = body[3..];
        if (body.IsEmpty)
            throw new MessageRefusedException("the body is empty; send one JSON object");
        if (!Utf8.IsValid(body.Span))
            throw new MessageRefusedException("the body is not valid UTF-8; was it cut off?");

        try
        {
            using var document = JsonDocument.Parse(body, s_document);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new MessageRefusedException($"the body is a JSON {KindOf(document.RootElement)}; send one JSON object");
        }
        // The parser compares names, and cannot where one is no text.
        catch (InvalidOperationException)
        {
            throw new MessageRefusedException("a name contains half of a surrogate pair");
        }
        catch (JsonException malformed)
        {
            throw new MessageRefusedException($"the body is not valid JSON: {malformed.Message}");
        }
    }

    /// <exception cref="MessageRefusedException">Names every missing or wrong field.</exception>
    public static object Read(Type contract, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new MessageRefusedException($"{contract.Name}: the message is a JSON {KindOf(json)}; send one JSON object");

        if (Wrong(contract, json) is { Count: > 0 } errors)
            throw new MessageRefusedException(contract.Name, errors);

        try
        {
            return json.Deserialize(contract, Options)!;
        }
        catch (JsonException unforeseen)
        {
            throw new MessageRefusedException(contract.Name, [new FieldError(unforeseen.Path?.TrimStart('$', '.') ?? "", $"is wrong: {unforeseen.Message}")]);
        }
    }

    /// <summary>Every missing or wrong field of an object.</summary>
    public static IReadOnlyList<FieldError> Wrong(Type contract, JsonElement json)
    {
        if (Undecodable(json, "") is { } path)
            return [new FieldError(path, "must not contain half of a surrogate pair, in names and texts")];
        var errors = new List<FieldError>();
        CheckObject(json, contract, "", errors);
        return errors;
    }

    private static void CheckObject(JsonElement json, Type type, string path, List<FieldError> errors)
    {
        foreach (var member in ContractShape.Of(type).Members)
        {
            var memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            if (!json.TryGetProperty(member.Name, out var value))
            {
                if (member.Required || Lookalike(json, member.Name) is not null)
                    errors.Add(new FieldError(memberPath, Missing(json, member.Name), IsForm: true));
            }
            else if (value.ValueKind == JsonValueKind.Null)
            {
                if (!member.Nullable)
                    errors.Add(new FieldError(memberPath, "must not be null", IsForm: true));
            }
            else
            {
                CheckValue(value, member, member.Type, memberPath, errors);
            }
        }
    }

    private static void CheckValue(JsonElement value, ContractShape.Member member, Type type, string path, List<FieldError> errors)
    {
        if (ContractShape.ItemOf(type) is { } item)
            CheckList(value, member, item, path, errors);
        else if (Wrong(value, member, type) is { } fix)
            errors.Add(new FieldError(path, fix, IsForm: type != typeof(string) || value.ValueKind != JsonValueKind.String));
        else if (IsObject(type))
            CheckObject(value, type, path, errors);
    }

    private static void CheckList(JsonElement value, ContractShape.Member member, Type item, string path, List<FieldError> errors)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(new FieldError(path, $"must be a list, is a {KindOf(value)}", IsForm: true));
            return;
        }

        if (member.Required && value.GetArrayLength() == 0)
        {
            errors.Add(new FieldError(path, $"must have 1 to {FieldRules.MostItems} items, has 0"));
            return;
        }

        if (value.GetArrayLength() > FieldRules.MostItems)
        {
            errors.Add(new FieldError(path, $"must have at most {FieldRules.MostItems} items, has {value.GetArrayLength()}"));
            return;
        }

        var index = 0;
        foreach (var element in value.EnumerateArray())
            CheckValue(element, member, item, $"{path}[{index++}]", errors);
    }

    private static string? Wrong(JsonElement value, ContractShape.Member member, Type type)
    {
        if (type == typeof(string))
            return TextOf(value, out var text) ?? (text.Length == 0 && !member.Required ? null : FieldRules.For(member).Wrong(text));
        if (type == typeof(Guid))
            return WrongId(value);
        if (type == typeof(DateTimeOffset))
            return WrongTime(value);
        if (type == typeof(bool))
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : $"must be true or false, is a {KindOf(value)}";
        if (type == typeof(int) || type == typeof(long))
            return WrongNumber(value, type);
        if (type.IsEnum)
            return WrongName(value, type);
        if (type == typeof(JsonElement))
            return null;
        if (type == typeof(IReadOnlyDictionary<string, string>))
            return value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String) ? null
                : "must be an object of texts";
        return value.ValueKind == JsonValueKind.Object ? null : $"must be an object, is a {KindOf(value)}";
    }

    private static string? WrongId(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || !value.TryGetGuid(out var id))
            return "must be a UUID such as 7d9f6f0e-3f0b-4c39-9a55-0b7a1c2d3e4f";
        return id == Guid.Empty ? "must not be the zero UUID" : null;
    }

    private static string? WrongTime(JsonElement value)
    {
        // Without an offset the time would be read in the server's own zone.
        const string Fix = "must be an ISO 8601 time with offset such as 2026-01-31T12:00:00Z";
        if (TextOf(value, out var text) is not null || !value.TryGetDateTimeOffset(out _))
            return Fix;
        return text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-') ? null : Fix;
    }

    private static string? WrongNumber(JsonElement value, Type type)
    {
        var whole = 0L;
        var fits = value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out whole) && (type == typeof(long) || whole <= int.MaxValue);
        return fits && whole >= 0 ? null : $"must be a whole number from 0 to {(type == typeof(long) ? long.MaxValue : int.MaxValue)}";
    }

    private static string? WrongName(JsonElement value, Type type)
    {
        var names = ContractShape.NamesOf(type);
        return TextOf(value, out var text) is null && names.Contains(text) ? null : $"must be one of {string.Join(", ", names)}";
    }

    private static string? TextOf(JsonElement value, out string text)
    {
        text = "";
        if (value.ValueKind != JsonValueKind.String)
            return $"must be text, is a {KindOf(value)}";
        text = value.GetString()!;
        return null;
    }

    private static string Missing(JsonElement json, string name) =>
        Lookalike(json, name) is { } sent ? $"is missing; '{sent}' was sent, but names are camelCase and case-sensitive" : "is missing";

    /// <summary>The name that was sent for the one that was meant.</summary>
    private static string? Lookalike(JsonElement json, string name)
    {
        foreach (var property in json.EnumerateObject())
            if (string.Equals(property.Name.Replace("_", "", StringComparison.Ordinal), name, StringComparison.OrdinalIgnoreCase))
                return property.Name;
        return null;
    }

    /// <summary>Where a text is that no string can hold; half of a surrogate pair passes the parser and throws only where it is used.</summary>
    private static string? Undecodable(JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return IsText(value.GetString) ? null : path;
            case JsonValueKind.Array:
                return value.EnumerateArray().Select((item, index) => Undecodable(item, $"{path}[{index}]")).FirstOrDefault(found => found is not null);
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                    if (!IsText(() => property.Name))
                        return path;
                    else if (Undecodable(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}") is { } found)
                        return found;
                return null;
            default:
                return null;
        }
    }

    private static bool IsText(Func<string?> read)
    {
        try
        {
            _ = read();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsObject(Type type) =>
        !type.IsEnum && type.IsClass && type != typeof(string) && !type.IsPrimitive && type != typeof(Guid) && type != typeof(DateTimeOffset);

    private static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "list",
        JsonValueKind.Null => "null",
        JsonValueKind.Number => "number",
        JsonValueKind.Object => "object",
        JsonValueKind.String => "text",
        _ => "boolean",
    };
}
