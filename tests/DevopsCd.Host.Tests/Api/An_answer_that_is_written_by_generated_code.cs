using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Contracts.Api;
using DevopsCd.Host.Api;

namespace DevopsCd.Host.Tests.Api;

public sealed class An_answer_that_is_written_by_generated_code
{
    private static readonly JsonSerializerOptions s_answers = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    [Theory, InlineData(true), InlineData(false)]
    public void Has_the_bytes_that_the_serializer_writes(bool full)
    {
        var batch = (BatchView)Filled(typeof(BatchView), full)!;
        using var written = new MemoryStream();

        using (var json = new Utf8JsonWriter(written, new JsonWriterOptions { Encoder = s_answers.Encoder }))
            AnswerJson.TryWrite(json, batch).ShouldBeTrue();

        System.Text.Encoding.UTF8.GetString(written.ToArray()).ShouldBe(JsonSerializer.Serialize(batch, s_answers));
    }

    /// <summary>An object with a value in each property, or where it may be null with none.</summary>
    private static object? Filled(Type type, bool full)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return full ? Filled(underlying, full) : null;
        if (type == typeof(string))
            return "a \"b\" <c> 部署 \\ é";
        if (type == typeof(JsonElement))
            return JsonSerializer.Deserialize<JsonElement>("""[ { "application": "网\u7ad9 <x>", "n": 1.50, "none": null } ]""");
        if (type == typeof(DateTimeOffset))
            return new DateTimeOffset(2026, 11, 30, 12, 1, 2, 345, 600, TimeSpan.Zero);
        if (type == typeof(Guid))
            return new Guid("184d0000-9244-5766-193b-08df4f9ad032");
        if (type.IsValueType)
            return Activator.CreateInstance(type);
        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
        {
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(type.GenericTypeArguments))!;
            list.Add(Filled(type.GenericTypeArguments[0], full));
            list.Add(Filled(type.GenericTypeArguments[0], !full));
            return list;
        }
        var value = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        var nullability = new System.Reflection.NullabilityInfoContext();
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
            if (full || nullability.Create(property).ReadState == System.Reflection.NullabilityState.NotNull)
                property.SetValue(value, Filled(property.PropertyType, full));
        return value;
    }
}
