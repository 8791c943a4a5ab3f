using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Shared;

/// <summary>
/// The keys that option classes have, and those of a configuration that none of them has. What is written under a key that nobody reads is a
/// mistake that would otherwise change nothing, in silence.
/// </summary>
internal sealed class KnownKeys
{
    private readonly List<(string Section, Type Type)> _sections = [];

    /// <summary>The settable properties of a class by their keys.</summary>
    public static IReadOnlyDictionary<string, PropertyInfo> Of(Type type) => type.GetProperties()
        .Where(property => property.SetMethod is not null)
        .ToDictionary(property => property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name.ToLowerInvariant(),
            StringComparer.OrdinalIgnoreCase);

    public static KeyShape ShapeOf(Type type) => TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)) ? KeyShape.Value
        : type.IsArray || (typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments().Length == 1) ? KeyShape.List
        : type.IsGenericType ? KeyShape.Dictionary
        : KeyShape.Section;

    public static Type ElementOf(Type type) => type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[^1];

    /// <summary>The section is read into this class.</summary>
    public void Add(string section, Type type) => _sections.Add((section, type));

    /// <summary>Every key under the sections that nobody reads, and keys beside them that look as if they were meant to be under one; each with what was probably meant.</summary>
    public IEnumerable<string> Unknown(IConfiguration configuration)
    {
        var roots = _sections.Select(s => s.Section.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        return roots.SelectMany(root => Below(configuration.GetSection(root))).Concat(Beside(configuration, roots));
    }

    private IEnumerable<string> Below(IConfigurationSection section)
    {
        var classes = _sections.Where(s => Same(s.Section, section.Path)).Select(s => s.Type).Distinct().ToList();
        var known = classes.SelectMany(type => Of(type).Keys)
            .Concat(_sections.Where(s => s.Section.StartsWith(section.Path + ':', StringComparison.OrdinalIgnoreCase))
                .Select(s => s.Section[(section.Path.Length + 1)..].Split(':')[0]))
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                yield return Wrong(child, known);
            else if (_sections.Exists(s => Same(s.Section, child.Path) || s.Section.StartsWith(child.Path + ':', StringComparison.OrdinalIgnoreCase)))
                foreach (var wrong in Below(child))
                    yield return wrong;
            else
                foreach (var wrong in Inside(classes.Select(type => Of(type)).First(keys => keys.ContainsKey(child.Key))[child.Key].PropertyType, child))
                    yield return wrong;
        }
    }

    private IEnumerable<string> Inside(Type type, IConfigurationSection section) => ShapeOf(type) switch
    {
        KeyShape.Value => [],
        KeyShape.Section => section.GetChildren()
            .SelectMany(child => Of(type).TryGetValue(child.Key, out var property) ? Inside(property.PropertyType, child) : [Wrong(child, [.. Of(type).Keys])]),
        _ => section.GetChildren().SelectMany(child => Inside(ElementOf(type), child))
    };

    private string Wrong(IConfigurationSection unknown, IReadOnlyCollection<string> known)
    {
        var parent = unknown.Path[..(unknown.Path.Length - unknown.Key.Length)];
        if (NearestName.Of(unknown.Key, known) is { } near)
            return $"{unknown.Path} is not known; did you mean {parent}{near}?";
        return Paths().Where(path => Same(path.Split(':')[^1], unknown.Key)).Order(StringComparer.Ordinal).FirstOrDefault() is { } elsewhere
            ? $"{unknown.Path} is not known; did you mean {elsewhere}?"
            : $"{unknown.Path} is not known; known: {string.Join(", ", known.Order(StringComparer.Ordinal))}";
    }

    /// <summary>Environments hold much that is not meant for us, so only what reads like one of our keys is told.</summary>
    private IEnumerable<string> Beside(IConfiguration configuration, IReadOnlyCollection<string> roots)
    {
        var paths = Paths().ToList();
        foreach (var beside in configuration.GetChildren().Where(child => !roots.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
            foreach (var written in beside.AsEnumerable().Where(pair => pair.Value is not null).Select(pair => pair.Key))
                if (paths.Find(path => Letters(path) == Letters(written)) is { } meant)
                    yield return $"{written} is not read; did you mean {meant}?";
                else if (roots.FirstOrDefault(root => NearestName.Distance(root, beside.Key.ToLowerInvariant()) == 1) is { } root
                    && paths.Find(path => Same(path, root + written[beside.Key.Length..])) is { } near)
                    yield return $"{written} is not read; did you mean {near}?";
    }

    /// <summary>Every key that is not below a list or a dictionary.</summary>
    private IEnumerable<string> Paths() => _sections.SelectMany(s => Paths(s.Section, s.Type)).Distinct(StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> Paths(string section, Type type) => Of(type).SelectMany(key => ShapeOf(key.Value.PropertyType) == KeyShape.Section
        ? Paths($"{section}:{key.Key}", key.Value.PropertyType)
        : [$"{section}:{key.Key}"]);

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string Letters(string path) => string.Concat(path.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
