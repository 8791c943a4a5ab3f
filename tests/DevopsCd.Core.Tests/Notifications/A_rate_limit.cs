using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Limits;

namespace DevopsCd.Core.Tests.Notifications;

public sealed class A_rate_limit
{
    private static readonly RateLimit s_lark = new(RateWindow.PerSecond(5), RateWindow.PerMinute(100));

    [Fact]
    public void Lets_the_first_ones_pass_at_once()
    {
        s_lark.WaitAt([], Sample.Noon).ShouldBe(TimeSpan.Zero);
        s_lark.WaitAt(Enumerable.Repeat(Sample.Noon, 4).ToList(), Sample.Noon).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Holds_the_one_too_many_until_the_window_is_safely_over()
    {
        var wait = s_lark.WaitAt(Enumerable.Repeat(Sample.Noon, 5).ToList(), Sample.Noon);

        wait.ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        wait.ShouldBeLessThan(TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public void Keeps_every_sliding_window_however_long_it_runs()
    {
        var (now, sends) = (Sample.Noon, new List<DateTimeOffset>());

        while (sends.Count < 1000)
        {
            now += s_lark.WaitAt(sends.TakeLast(s_lark.Memory).ToList(), now);
            s_lark.WaitAt(sends.TakeLast(s_lark.Memory).ToList(), now).ShouldBe(TimeSpan.Zero);
            sends.Add(now);
        }

        sends.Max(end => sends.Count(t => t <= end && t > end - TimeSpan.FromSeconds(1))).ShouldBe(5);
        sends.Max(end => sends.Count(t => t <= end && t > end - TimeSpan.FromMinutes(1))).ShouldBe(100);
    }

    [Fact]
    public void Of_none_never_holds_anything() => RateLimit.None.WaitAt(Enumerable.Repeat(Sample.Noon, 500).ToList(), Sample.Noon).ShouldBe(TimeSpan.Zero);
}
