using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DevopsCd.Shared;

/// <summary>A span of time as the configuration writes it: <c>500ms</c>, <c>30s</c>, <c>10m</c>, <c>2h</c>, <c>1d</c>.</summary>
[TypeConverter(typeof(DurationConverter))]
internal readonly partial record struct Duration(TimeSpan Value)
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

    public static Duration Hours(double hours) => new(TimeSpan.FromHours(hours));

    public static Duration Minutes(double minutes) => new(TimeSpan.FromMinutes(minutes));

    public static implicit operator TimeSpan(Duration duration) => duration.Value;

    /// <exception cref="FormatException">The text is not a number followed by ms, s, m, h or d.</exception>
    public static Duration Parse(string? text) => TryParse(text, out var duration)
        ? duration
        : throw new FormatException($"'{text}' is not a duration; write a number and a unit, for example 500ms, 30s, 10m or 2h");

    /// <param name="text">Up to six digits, up to three more after a point, and a unit; spaces around it do not matter.</param>
    /// <param name="duration">The span; zero where it is none.</param>
    public static bool TryParse(string? text, out Duration duration)
    {
        duration = default;
        if (text is null || Form().Match(text.Trim()) is not { Success: true } match)
            return false;
        var number = double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        duration = new(s_units.Single(u => u.Unit == match.Groups["unit"].Value).One * number);
        return true;
    }

    public override string ToString()
    {
        foreach (var (unit, one) in s_units.Reverse())
            if (Value >= one && Value.Ticks % one.Ticks == 0)
                return $"{Value.Ticks / one.Ticks}{unit}";
        return $"{Value.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}ms";
    }

    [GeneratedRegex(@"^(?<number>[0-9]{1,6}(?:\.[0-9]{1,3})?)(?<unit>ms|s|m|h|d)\z")]
    private static partial Regex Form();
}
