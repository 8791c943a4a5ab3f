using System.ComponentModel;
using System.Globalization;

namespace DevopsCd.DeployService.Configuration;

/// <summary>Lets configuration bind a <see cref="Duration"/>.</summary>
internal sealed class DurationConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        Duration.TryParse(value as string, out var duration) ? duration : throw new FormatException($"'{value}' is not a duration; write 500ms, 30s, 10m or 2h");
}
