using System.ComponentModel;
using System.Globalization;

namespace DevopsCd.Core.Configuration;

/// <summary>A span of time as the configuration writes it: <c>500ms</c>, <c>30s</c>, <c>10m</c>, <c>2h</c>, <c>1d</c>.</summary>
[TypeConverter(typeof(DurationConverter))]
public readonly record struct Duration(TimeSpan Value)
{
    private static readonly (string Unit, TimeSpan One)[] s_units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static Duration Seconds(double seconds) => new(TimeSpan.FromSeconds(seconds));

    public static Duration Minutes(double minutes) => new(TimeSpan.FromMinutes(minutes));

    public static implicit operator TimeSpan(Duration duration) => duration.Value;

    /// <exception cref="FormatException">The text is not a number followed by ms, s, m, h or d.</exception>
    public static Duration Parse(string text)
    {
        var trimmed = text.Trim();
        foreach (var (unit, one) in s_units)
            if (trimmed.EndsWith(unit, StringComparison.Ordinal) &&
                double.TryParse(trimmed[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
                return new Duration(one * count);
        throw new FormatException($"'{text}' is not a duration; write a number and a unit, for example 500ms, 30s, 10m or 2h");
    }

    public override string ToString()
    {
        foreach (var (unit, one) in s_units.Reverse())
            if (Value >= one && Value.Ticks % one.Ticks == 0)
                return $"{Value.Ticks / one.Ticks}{unit}";
        return $"{Value.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}ms";
    }
}
