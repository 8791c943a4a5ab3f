using System.Globalization;
using DevopsCd.Host.Ui.Texts;

namespace DevopsCd.Host.Ui.Controls;

/// <summary>Times as the reader has them: in the browser's zone once that is known, in UTC before.</summary>
/// <param name="texts">The reader's language.</param>
/// <param name="clock">The time.</param>
/// <param name="zoneId">The IANA name of the reader's zone; one that this machine does not know is taken for UTC.</param>
internal sealed class ReaderClock(TextTable texts, TimeProvider clock, string? zoneId)
{
    private readonly TimeZoneInfo _zone = zoneId is not null && TimeZoneInfo.TryFindSystemTimeZoneById(zoneId, out var zone) ? zone : TimeZoneInfo.Utc;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The name of the reader's zone.</summary>
    public string Zone => _zone.Id;

    /// <summary>What the reader's clock shows at a time.</summary>
    public DateTime Local(DateTimeOffset time) => In(time).DateTime;

    /// <summary>The time at which the reader's clock shows something; null where their zone leaves that out.</summary>
    public DateTimeOffset? At(DateTime local) => _zone.IsInvalidTime(local) ? null : new DateTimeOffset(local, _zone.GetUtcOffset(local));

    /// <summary>Day, time and offset.</summary>
    public string Absolute(DateTimeOffset time) => In(time).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <summary>Day and minute.</summary>
    public string Minute(DateTimeOffset time) => In(time).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>How long ago, for what is recent; else, and for what is to come, the day and the minute.</summary>
    public string Relative(DateTimeOffset time) => (Now - time) switch
    {
        { TotalMinutes: > -1 and < 1 } => texts.JustNow,
        { Ticks: < 0 } => Minute(time),
        { TotalHours: < 1 } age => texts.MinutesAgo((int)age.TotalMinutes),
        { TotalHours: < 24 } age => texts.HoursAgo((int)age.TotalHours),
        _ => Minute(time)
    };

    /// <summary>A duration in its two largest units.</summary>
    public static string Length(TimeSpan length) => length switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalMinutes: < 1 } => $"{(int)length.TotalSeconds} s",
        { TotalHours: < 1 } => $"{(int)length.TotalMinutes} min {length.Seconds} s",
        { TotalDays: < 1 } => $"{(int)length.TotalHours} h {length.Minutes} min",
        _ => $"{(int)length.TotalDays} d {length.Hours} h"
    };

    private DateTimeOffset In(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, _zone);
}
