using System.Security.Cryptography;
using System.Text.Json;

namespace DevopsCd.Core.Data;

/// <summary>A short name for a state of something: equal when it looks the same, and another as soon as anything in it differs.</summary>
internal static class ResourceTag
{
    private const int Bytes = 12;

    public static string OfBody(ReadOnlySpan<byte> body) => OfHash(SHA256.HashData(body));

    /// <summary>Of what has this SHA-256.</summary>
    public static string OfHash(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash[..Bytes]);

    /// <summary>Of a view as people see it.</summary>
    public static string Of<T>(T view) where T : class => OfBody(JsonSerializer.SerializeToUtf8Bytes(view, JsonSerializerOptions.Web));
}
