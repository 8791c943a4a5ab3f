using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DevopsCd.DeployService.Configuration;

/// <summary>A length of time written as people write it: <c>500ms</c>, <c>30s</c>, <c>10m</c>, <c>2h</c>.</summary>
[TypeConverter(typeof(DurationConverter))]
internal readonly partial record struct Duration(TimeSpan Value)
{
    public static Duration Seconds(double seconds) => new(TimeSpan.FromSeconds(seconds));

    public static bool TryParse(string? text, out Duration duration)
    {
        duration = default;
        if (text is null || Form().Match(text) is not { Success: true } match)
            return false;
        var number = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        duration = new(match.Groups[2].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            _ => TimeSpan.FromHours(number)
        });
        return true;
    }

    [GeneratedRegex(@"^([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|h)\z")]
    private static partial Regex Form();
}
