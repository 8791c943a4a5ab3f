using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevopsCd.Core.Notifications.Composing;

/// <summary>How notices are stored and how bodies leave: camelCase, names of enums, Chinese as it is (size limits count bytes).</summary>
internal static class NoticeJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) }
    };

    public static string Write(Notice notice) => JsonSerializer.Serialize(notice, Options);

    public static Notice Read(string payload) =>
        JsonSerializer.Deserialize<Notice>(payload, Options) ?? throw new JsonException("The payload of a notification is null");

    public static string Name(NoticeKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    public static byte[] Bytes(object body) => JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), Options);
}
