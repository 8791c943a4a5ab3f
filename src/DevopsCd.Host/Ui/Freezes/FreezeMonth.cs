using System.Globalization;
using DevopsCd.Host.Ui.Controls;

namespace DevopsCd.Host.Ui.Freezes;

/// <summary>A month as a calendar shows it: whole weeks from Monday, with what holds on each day of the reader's zone.</summary>
internal sealed class FreezeMonth
{
    private const string Form = "yyyy-MM";

    private FreezeMonth(DateOnly first, IReadOnlyList<IReadOnlyList<FreezeDay>> weeks) => (First, Weeks) = (first, weeks);

    /// <summary>Its first day.</summary>
    public DateOnly First { get; }

    public IReadOnlyList<IReadOnlyList<FreezeDay>> Weeks { get; }

    public static string Text(DateOnly month) => month.ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>The first day of the month of a time.</summary>
    public static DateOnly Of(DateTime time) => new(time.Year, time.Month, 1);

    /// <summary>The month that an address names; null for one that names none.</summary>
    public static DateOnly? Parse(string? text) =>
        DateOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) && month.Year is > 2000 and < 2200 ? month : null;

    /// <summary>All that the calendar of a month may show, in whatever zone it is read.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Period(DateOnly month)
    {
        var (first, last) = Bounds(month);
        return (new DateTimeOffset(first.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(-1),
            new DateTimeOffset(last.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(2));
    }

    /// <param name="month">Its first day.</param>
    /// <param name="times">What holds around it.</param>
    /// <param name="clock">The reader's.</param>
    public static FreezeMonth Of(DateOnly month, IReadOnlyList<FrozenTime> times, ReaderClock clock)
    {
        var (first, last) = Bounds(month);
        var today = DateOnly.FromDateTime(clock.Local(clock.Now));
        var local = times.Select(time => (Time: time, From: clock.Local(time.From), To: clock.Local(time.To))).ToList();
        var days = Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays).Select(day => new FreezeDay(
            day, day.Month == month.Month, day == today,
            [.. local.Where(t => t.From < day.AddDays(1).ToDateTime(TimeOnly.MinValue) && t.To > day.ToDateTime(TimeOnly.MinValue)).Select(t => t.Time)]));
        return new FreezeMonth(month, [.. days.Chunk(7)]);
    }

    private static (DateOnly First, DateOnly Last) Bounds(DateOnly month)
    {
        var (first, last) = (month, month.AddMonths(1).AddDays(-1));
        return (first.AddDays(-(((int)first.DayOfWeek + 6) % 7)), last.AddDays(6 - ((int)last.DayOfWeek + 6) % 7));
    }
}

/// <summary>A day of the calendar.</summary>
/// <param name="Day">The day.</param>
/// <param name="IsOfMonth">It belongs to the month that is shown, and not to the weeks around it.</param>
/// <param name="IsToday">It is the reader's today.</param>
/// <param name="Times">What holds at any time of it.</param>
internal sealed record FreezeDay(DateOnly Day, bool IsOfMonth, bool IsToday, IReadOnlyList<FrozenTime> Times);
