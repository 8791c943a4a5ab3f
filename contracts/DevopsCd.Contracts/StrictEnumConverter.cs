using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevopsCd.Contracts;

/// <summary>Reads and writes an enum by its names in snake_case; a number or an unknown name is an error.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class StrictEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
