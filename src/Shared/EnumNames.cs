using System.Text.Json;

namespace DevopsCd.Shared;

/// <summary>An enum's values by their names in snake_case, as rows, seals and API spell them.</summary>
internal static class EnumNames<T> where T : struct, Enum
{
    private static readonly Dictionary<T, string> s_names =
        Enum.GetValues<T>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

    private static readonly Dictionary<string, T> s_values = s_names.ToDictionary(p => p.Value, p => p.Key);

    public static string Of(T value) => s_names[value];

    /// <exception cref="KeyNotFoundException">No value has the name.</exception>
    public static T Value(string name) => s_values[name];

    public static bool TryValue(string name, out T value) => s_values.TryGetValue(name, out value);
}
