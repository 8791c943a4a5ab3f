using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Shared;

/// <summary>
/// Binds one section after the other, nested classes, lists and dictionaries included, and collects what is wrong: values that cannot be read
/// or are out of range, and keys that no class has. So a start stops with one message that names all of it. Values of secrets are never part of it.
/// </summary>
internal sealed class ConfigurationReader(IConfiguration configuration)
{
    private readonly List<string> _errors = [];
    private readonly List<string> _doubts = [];
    private readonly KnownKeys _known = new();

    /// <summary>Reads a section into its class; wrong values are remembered and keep their default.</summary>
    public T Read<T>(string section) where T : class, new()
    {
        _known.Add(section, typeof(T));
        return (T?)ReadClass(typeof(T), configuration.GetSection(section)) ?? new T();
    }

    /// <summary>Remembers that a key is wrong.</summary>
    public void Wrong(string key, string allowed) => _errors.Add($"{key} {allowed}");

    /// <summary>Remembers what others have found, each a key and what is allowed.</summary>
    public void Wrong(IEnumerable<string> errors) => _errors.AddRange(errors);

    /// <summary>What can work and is hardly meant, each a key and what it comes to: for the log, once everything is read.</summary>
    public IReadOnlyList<string> Doubts => _doubts;

    /// <summary>Remembers what can work and is hardly meant.</summary>
    public void Doubt(IEnumerable<string> doubts) => _doubts.AddRange(doubts);

    /// <summary>Whether anything is written below a section.</summary>
    public bool Has(string section) => configuration.GetSection(section).Exists();

    /// <summary>The value of a key that decides how others are read.</summary>
    public string? Value(string key) => configuration[key];

    /// <exception cref="WrongConfigurationException">A key is wrong, or was read by nobody.</exception>
    public void ThrowIfWrong()
    {
        List<string> all = [.. _errors, .. _known.Unknown(configuration)];
        if (all.Count > 0)
            throw new WrongConfigurationException(all);
    }

    private void Fill(object options, IConfigurationSection section)
    {
        foreach (var property in KnownKeys.Of(options.GetType()))
        {
            var child = section.GetSection(property.Key);
            if (child.Exists() && Read(property.Value.PropertyType, child) is { } value)
                property.Value.SetValue(options, value);
            else if (child.Exists())
                continue;
            foreach (var rule in property.Value.GetCustomAttributes<ValidationAttribute>())
                if (!rule.IsValid(property.Value.GetValue(options)))
                    Wrong(child.Path, Allowed(rule, property.Key));
        }
    }

    /// <summary>Null when it cannot be read, which is remembered, or when nothing is written.</summary>
    private object? Read(Type type, IConfigurationSection section) => KnownKeys.ShapeOf(type) switch
    {
        KeyShape.Value => ReadValue(type, section),
        KeyShape.List => ReadList(type, section),
        KeyShape.Dictionary => ReadDictionary(type, section),
        _ => ReadClass(type, section)
    };

    private object? ReadValue(Type type, IConfigurationSection section)
    {
        if (section.GetChildren().FirstOrDefault() is { } below)
            Wrong(section.Path, $"is one value; {below.Path} is below it");
        if (section.Value is not { } text)
            return null;
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException or InvalidCastException)
        {
            Wrong(section.Path, Expected(type));
            return null;
        }
    }

    private object? ReadList(Type type, IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            Wrong(section.Path, $"is a list: write {section.Path}:0, {section.Path}:1, …");
            return null;
        }
        var of = KnownKeys.ElementOf(type);
        var elements = section.GetChildren().Select(child => Read(of, child)).Where(element => element is not null).ToList();
        var list = Array.CreateInstance(of, elements.Count);
        for (var i = 0; i < elements.Count; i++)
            list.SetValue(elements[i], i);
        return type.IsArray ? list : Activator.CreateInstance(typeof(List<>).MakeGenericType(of), list);
    }

    private object? ReadDictionary(Type type, IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            Wrong(section.Path, $"is a section: write {section.Path}:<name>");
            return null;
        }
        var of = KnownKeys.ElementOf(type);
        var values = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), of))!;
        foreach (var child in section.GetChildren())
            if (Read(of, child) is { } value)
                values[child.Key] = value;
        return values;
    }

    private object? ReadClass(Type type, IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            Wrong(section.Path, $"is a section with the keys {string.Join(", ", KnownKeys.Of(type).Keys)}");
            return null;
        }
        var value = Activator.CreateInstance(type)!;
        Fill(value, section);
        return value;
    }

    private static string Allowed(ValidationAttribute rule, string name) => rule switch
    {
        AllowedValuesAttribute values => $"must be one of: {string.Join(", ", values.Values)}",
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"must be {range.Minimum}..{range.Maximum}"),
        _ => rule.FormatErrorMessage(name)
    };

    private static string Expected(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(Duration) => "must be a duration such as 500ms, 30s, 10m or 2h",
        var t when t == typeof(int) || t == typeof(long) => "must be a whole number",
        var t when t == typeof(bool) => "must be true or false",
        var t when t == typeof(Uri) => "must be an address such as http://host:8080",
        var t when t.IsEnum => $"must be one of: {string.Join(", ", Enum.GetNames(t))}",
        var t => $"must be a {t.Name}"
    };
}
