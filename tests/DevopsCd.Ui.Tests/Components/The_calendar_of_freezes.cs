using DevopsCd.Host.Ui.Controls;
using DevopsCd.Host.Ui.Freezes;
using DevopsCd.Host.Ui.Texts;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Ui.Tests.Components;

public sealed class The_calendar_of_freezes
{
    /// <summary>Nine in the evening of the last of November in UTC, five in the morning of the first of December in Shanghai.</summary>
    private static readonly FakeTimeProvider s_clock = new(new DateTimeOffset(2026, 11, 30, 21, 0, 0, TimeSpan.Zero));

    private static readonly ReaderClock s_shanghai = new(new TextTable(Language.English), s_clock, "Asia/Shanghai");

    [Fact]
    public void Shows_whole_weeks_from_Monday_and_the_readers_own_today()
    {
        var month = FreezeMonth.Of(new DateOnly(2026, 12, 1), [], s_shanghai);

        month.Weeks.ShouldAllBe(week => week.Count == 7 && week[0].Day.DayOfWeek == DayOfWeek.Monday);
        (month.Weeks[0][0].Day, month.Weeks[^1][^1].Day).ShouldBe((new DateOnly(2026, 11, 30), new DateOnly(2027, 1, 3)));
        month.Weeks.SelectMany(week => week).Single(day => day.IsToday).Day.ShouldBe(new DateOnly(2026, 12, 1));
        month.Weeks[0][0].IsOfMonth.ShouldBeFalse();
    }

    [Fact]
    public void Shows_a_freeze_on_each_day_that_it_touches_in_the_readers_zone()
    {
        // Until midnight in Shanghai: the day that begins then is free.
        var frozen = new FrozenTime("year-end", "books", new(2026, 12, 4, 16, 0, 0, TimeSpan.Zero), new(2026, 12, 6, 16, 0, 0, TimeSpan.Zero));

        FreezeMonth.Of(new DateOnly(2026, 12, 1), [frozen], s_shanghai).Weeks.SelectMany(week => week).Where(day => day.Times.Count > 0).Select(day => day.Day.Day)
            .ShouldBe([5, 6]);
    }

    [Theory]
    [InlineData("2026-12", true)]
    [InlineData("2026-13", false)]
    [InlineData("december", false)]
    [InlineData(null, false)]
    public void Is_asked_for_by_year_and_month(string? text, bool isMonth) => FreezeMonth.Parse(text).HasValue.ShouldBe(isMonth);
}
