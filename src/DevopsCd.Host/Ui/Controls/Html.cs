using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace DevopsCd.Host.Ui.Controls;

/// <summary>
/// Markup for tables of hundreds of rows: as text, a row costs a page one change instead of one for each of its elements, on its host, on the wire
/// and in the browser. Whatever is not written here stands in it encoded.
/// </summary>
internal sealed class Html
{
    /// <summary>Leaves every script as it is, and no character that means something in markup.</summary>
    public static HtmlEncoder Encoder { get; } = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new();

    /// <summary>Adds markup whose values are encoded.</summary>
    public Html Add(FormattableString markup)
    {
        _text.AppendFormat(Encoding.Instance, markup.Format, markup.GetArguments());
        return this;
    }

    public override string ToString() => _text.ToString();

    private sealed class Encoding : IFormatProvider, ICustomFormatter
    {
        public static Encoding Instance { get; } = new();

        public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? arg, IFormatProvider? formatProvider) => arg switch
        {
            null => "",
            Html inner => inner.ToString(),
            IFormattable number => Encoder.Encode(number.ToString(format, CultureInfo.InvariantCulture)),
            _ => Encoder.Encode(arg.ToString() ?? "")
        };
    }
}
