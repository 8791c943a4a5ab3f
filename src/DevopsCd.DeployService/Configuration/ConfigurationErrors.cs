using System.ComponentModel;
using System.Reflection;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>
/// What the binder would throw for one key at a time, or pass over in silence: values that are no duration, number, address or
/// truth value, and keys that do not exist.
/// </summary>
internal static class ConfigurationErrors
{
    public static Dictionary<string, string> In(IConfigurationSection section, Type type) => Of(section, type).ToDictionary(e => e.Path, e => e.Error);

    private static IEnumerable<(string Path, string Error)> Of(IConfigurationSection section, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType)
            return section.GetChildren().SelectMany(child => Of(child, type.GetGenericArguments()[^1]));
        if (TypeDescriptor.GetConverter(type) is var converter && converter.CanConvertFrom(typeof(string)))
            return ValueError(section, type, converter);
        var properties = type.GetProperties().ToDictionary(p => p.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? p.Name,
            StringComparer.OrdinalIgnoreCase);
        return section.GetChildren().SelectMany(child => properties.TryGetValue(child.Key, out var property)
            ? Of(child, property.PropertyType)
            : [(child.Path, $"{child.Path} is not known; {Meant(child, [.. properties.Keys.Select(k => k.ToLowerInvariant())])}")]);
    }

    private static string Meant(IConfigurationSection unknown, IReadOnlyCollection<string> known) => NearestName.Of(unknown.Key, known) is { } near
        ? $"did you mean {unknown.Path[..^unknown.Key.Length]}{near}?"
        : $"known: {string.Join(", ", known.Order(StringComparer.Ordinal))}";

    private static IEnumerable<(string Path, string Error)> ValueError(IConfigurationSection section, Type type, TypeConverter converter)
    {
        if (section.Value is not { Length: > 0 } value)
            yield break;
        string? error = null;
        try
        {
            converter.ConvertFromInvariantString(value);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException or NotSupportedException)
        {
            // An address may hold a password.
            error = type == typeof(Duration) ? wrong.Message : type == typeof(Uri) ? "is not an address" : $"'{value}' is not {Wanted(type)}";
        }
        if (error is not null)
            yield return (section.Path, $"{section.Path}: {error}");
    }

    private static string Wanted(Type type) => type == typeof(int) ? "a whole number" : type == typeof(bool) ? "true or false" : $"a {type.Name}";
}
