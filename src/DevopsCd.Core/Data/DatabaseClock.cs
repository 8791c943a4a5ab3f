namespace DevopsCd.Core.Data;

/// <summary>
/// The time of the database, for all instances alike: leases, deadlines and what is due are written by one and compared by another, so one
/// machine's wrong clock would make the others wait or hurry. Between two looks at the database the machine's clock goes on. Durations and
/// timers are the machine's own.
/// </summary>
/// <param name="machine">The clock of this machine.</param>
internal sealed class DatabaseClock(TimeProvider machine) : TimeProvider
{
    /// <summary>What differs by more than this is worth telling: certificates, logs and people go by the machine's clock.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary>Below this, differences come from the way to the database and back.</summary>
    private static readonly TimeSpan s_noise = TimeSpan.FromMilliseconds(50);

    private long _correction;

    /// <summary>How far this machine's clock is ahead of the database's; negative when it is behind.</summary>
    public TimeSpan Skew => -TimeSpan.FromTicks(Interlocked.Read(ref _correction));

    public bool IsWrong => Skew.Duration() > Bound;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _correction));

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Asks the database's clock a few times and believes the quickest answer, which says most exactly when it was given.</summary>
    /// <param name="ask">Reads the database's clock.</param>
    /// <param name="times">How often to ask.</param>
    public async Task CompareAsync(Func<Task<DateTimeOffset>> ask, int times = 3)
    {
        var (difference, way) = (TimeSpan.Zero, TimeSpan.MaxValue);
        for (var i = 0; i < times; i++)
        {
            var (before, started) = (machine.GetUtcNow(), machine.GetTimestamp());
            var there = await ask();
            var took = machine.GetElapsedTime(started);
            if (took < way)
                (difference, way) = (there - (before + took / 2), took);
        }

        // A slow answer says little. What it could have been all along changes nothing, so that time does not tremble.
        var present = TimeSpan.FromTicks(Interlocked.Read(ref _correction));
        if ((difference - present).Duration() > s_noise + way / 2)
            Interlocked.Exchange(ref _correction, difference.Ticks);
    }
}
