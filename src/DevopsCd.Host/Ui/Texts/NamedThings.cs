using System.Globalization;

namespace DevopsCd.Host.Ui.Texts;

/// <summary>Writes what sentences are about in the reader's language, where their words say what kind of thing it is, as in <c>{0:state}</c>.</summary>
internal sealed class NamedThings(TextTable texts) : IFormatProvider, ICustomFormatter
{
    public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

    public string Format(string? format, object? arg, IFormatProvider? formatProvider) => (format, arg) switch
    {
        ("state", string name) => texts.State(name),
        ("event", string key) => texts.Event(key),
        ("permission", string name) => texts.Permission(name),
        (_, IFormattable value) => value.ToString(format, CultureInfo.InvariantCulture),
        _ => arg?.ToString() ?? ""
    };
}
