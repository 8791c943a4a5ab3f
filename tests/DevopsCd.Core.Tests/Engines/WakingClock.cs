namespace DevopsCd.Core.Tests.Engines;

/// <summary>The clock of a process that is frozen for an hour after it has looked at the time so often.</summary>
internal sealed class WakingClock(TimeProvider clock, int looksBefore) : TimeProvider
{
    private int _looks;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + (Interlocked.Increment(ref _looks) > looksBefore ? TimeSpan.FromHours(1) : TimeSpan.Zero);
}
