using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Cli.Tests;

/// <summary>A clock that stands still until it is moved, and tells how often somebody has begun to wait for it.</summary>
internal sealed class CountingClock : FakeTimeProvider
{
    private int _timers;

    public int Timers => Volatile.Read(ref _timers);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _timers);
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
