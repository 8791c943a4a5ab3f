namespace DevopsCd.Core.Notifications.Limits;

/// <summary>At most <paramref name="Count" /> sends in any span of <paramref name="Span" />.</summary>
internal sealed record RateWindow(int Count, TimeSpan Span)
{
    public static RateWindow PerSecond(int count) => new(count, TimeSpan.FromSeconds(1));

    public static RateWindow PerMinute(int count) => new(count, TimeSpan.FromMinutes(1));

    /// <summary>How long a call may take and still count from when it left.</summary>
    public static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Requests spend unequal times on the way: two that left a second apart can arrive closer together.
    /// A quarter of a second and a fiftieth of the span cover that.
    /// </summary>
    public TimeSpan Guarded => Span + TimeSpan.FromMilliseconds(250) + Span / 50;
}
