using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;

namespace DevopsCd.Core.Freezes;

/// <summary>When a freeze holds: once, or by a rule of RFC 5545 on the clock of a zone. Pure.</summary>
internal sealed class FreezeSchedule
{
    /// <summary>A rule that names days that hardly ever come is given up after so many steps.</summary>
    private const int MostSteps = 2000;

    private readonly FreezeWindow? _once;
    private readonly CalendarEvent? _recurring;
    private readonly TimeSpan _reach;

    private FreezeSchedule(FreezeWindow? once, CalendarEvent? recurring, TimeSpan reach) => (_once, _recurring, _reach) = (once, recurring, reach);

    public static FreezeSchedule Once(DateTimeOffset from, DateTimeOffset to) => new(new FreezeWindow(from, to), null, TimeSpan.Zero);

    /// <param name="rule">The rule.</param>
    /// <param name="start">The first time, as a clock in the zone shows it. One that the zone leaves out is as much later as its clocks are put forward.</param>
    /// <param name="zone">The IANA name of the zone.</param>
    /// <param name="duration">How long it is. Whole days are days of the calendar, the rest is time that passes.</param>
    public static FreezeSchedule Recurring(RecurrenceRule rule, DateTime start, string zone, TimeSpan duration) => new(null, new CalendarEvent
    {
        Start = new CalDateTime(start, zone),
        RecurrenceRule = rule,
        Duration = new Duration(days: duration.Days, hours: duration.Hours, minutes: duration.Minutes, seconds: duration.Seconds)
    }, duration + TimeSpan.FromDays(1));

    /// <summary>When it holds, from the present time or the next one on, in order of their beginning; without end where the rule has none.</summary>
    /// <exception cref="EvaluationLimitExceededException">The rule names days that hardly ever come.</exception>
    public IEnumerable<FreezeWindow> Since(DateTimeOffset time)
    {
        if (_once is { } once)
            return once.To > time ? [once] : [];
        var from = time.UtcDateTime - DateTime.MinValue > _reach ? time.UtcDateTime - _reach : DateTime.MinValue;
        return _recurring!.GetOccurrences(new CalDateTime(from, CalDateTime.UtcTzId), new EvaluationOptions { MaxUnmatchedIncrementsLimit = MostSteps })
            .Select(o => new FreezeWindow(Utc(o.Period.StartTime), Utc(o.Period.EffectiveEndTime!)))
            .Where(w => w.To > time);
    }

    private static DateTimeOffset Utc(CalDateTime time) => new(time.AsUtc, TimeSpan.Zero);
}
