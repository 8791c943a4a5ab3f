using System.Globalization;

namespace DevopsCd.Cli.Output;

/// <summary>Times as people read them in tables: how long ago.</summary>
internal static class Ages
{
    public static string? Of(DateTimeOffset? time, TimeProvider clock) => time is { } at ? Length(clock.GetUtcNow() - at) : null;

    /// <summary>A length in its two greatest units, or in one where that says enough.</summary>
    public static string Length(TimeSpan length) => length switch
    {
        { Ticks: < 0 } => "0s",
        { TotalSeconds: < 120 } => $"{(int)length.TotalSeconds}s",
        { TotalMinutes: < 10 } => $"{(int)length.TotalMinutes}m{length.Seconds}s",
        { TotalHours: < 3 } => $"{(int)length.TotalMinutes}m",
        { TotalDays: < 3 } => $"{(int)length.TotalHours}h",
        _ => $"{(int)length.TotalDays}d"
    };

    public static string? Exact(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
