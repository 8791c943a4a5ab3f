using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>
/// Binds one section after the other and collects what is wrong, so that a start stops with one message that names
/// every wrong key and what is allowed. Values of secrets are never part of it.
/// </summary>
internal sealed class ConfigurationReader(IConfiguration configuration)
{
    private readonly List<string> _errors = [];

    /// <summary>Reads a section into its class; wrong values are remembered and keep their default.</summary>
    public T Read<T>(string section) where T : class, new()
    {
        var options = new T();
        foreach (var property in typeof(T).GetProperties().Where(p => p.SetMethod is not null))
        {
            var name = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name.ToLowerInvariant();
            var key = $"{section}:{name}";
            if (!Bind(options, property, key))
                continue;
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
                if (!rule.IsValid(property.GetValue(options)))
                    Wrong(key, Allowed(rule, name));
        }
        return options;
    }

    /// <summary>Remembers that a key is wrong.</summary>
    public void Wrong(string key, string allowed) => _errors.Add($"{key} {allowed}");

    /// <summary>What the framework's binder could not read: it names the key; the value may be a secret and is left out.</summary>
    public static string Unreadable(InvalidOperationException error, string section)
    {
        var key = error.Message.Split(" at '").ElementAtOrDefault(1)?.Split('\'')[0] ?? section;
        return $"{key} cannot be read; the README shows its form";
    }

    /// <summary>Remembers what others have found, each a key and what is allowed.</summary>
    public void Wrong(IEnumerable<string> errors) => _errors.AddRange(errors);

    /// <exception cref="WrongConfiguration">A key is wrong.</exception>
    public void ThrowIfWrong()
    {
        if (_errors.Count > 0)
            throw new WrongConfiguration(_errors);
    }

    private bool Bind(object options, PropertyInfo property, string key)
    {
        var section = configuration.GetSection(key);
        if (!section.Exists())
            return true;
        try
        {
            property.SetValue(options, section.Get(property.PropertyType));
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            Wrong(key, Expected(property.PropertyType));
            return false;
        }
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
        var t when t == typeof(int) => "must be a whole number",
        var t when t == typeof(bool) => "must be true or false",
        var t when t == typeof(Uri) => "must be an address such as http://host:8080",
        var t => $"must be a {t.Name}"
    };
}
