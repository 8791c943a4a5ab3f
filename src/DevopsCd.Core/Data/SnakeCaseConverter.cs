using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DevopsCd.Core.Data;

/// <summary>Stores an enum by its name in snake_case, so that rows can be read without this program.</summary>
internal sealed class SnakeCaseConverter<T>() : ValueConverter<T, string>(value => Names[value], text => Values[text])
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Names =
        Enum.GetValues<T>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

    private static readonly Dictionary<string, T> Values = Names.ToDictionary(p => p.Value, p => p.Key);

    public static string Name(T value) => Names[value];

    public static bool TryValue(string text, out T value) => Values.TryGetValue(text, out value);
}
