namespace DevopsCd.DeployService.Kubernetes;

/// <summary>
/// The time all replicas share: that of the home cluster's API server, as its answers tell it. Deadlines, pauses and turns are in the
/// records and are judged by whichever replica looks at them; by each machine's own clock, one that is two minutes behind would set
/// deadlines that are over for the others. Timers and elapsed times stay those of the machine.
/// </summary>
internal sealed class ClusterClock(TimeProvider own) : TimeProvider
{
    /// <summary>An answer names the second it was written in.</summary>
    private static readonly TimeSpan s_granularity = TimeSpan.FromSeconds(1);

    /// <summary>What machines that keep the time are apart at most; within it the own clock is believed, which moves evenly.</summary>
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(1);

    private long _ahead;

    /// <summary>How far the API server's clock is ahead of this machine's; zero as long as they agree.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public override TimeZoneInfo LocalTimeZone => own.LocalTimeZone;

    public override long TimestampFrequency => own.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => own.GetUtcNow() + Ahead;

    public override long GetTimestamp() => own.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);

    /// <summary>
    /// An answer that names the time <paramref name="server"/> has just come, <paramref name="took"/> after the question. However slow
    /// it was, the difference lies between two bounds; what lies within them already is kept. So each answer narrows it down.
    /// </summary>
    public void Hear(DateTimeOffset server, TimeSpan took)
    {
        var now = own.GetUtcNow();
        var (least, most, ahead) = (server - now, server + s_granularity - (now - took), Ahead);
        // Away from the own clock only where that is wrong, and back to it where it is right again; otherwise no further than it must be.
        var margin = ahead == TimeSpan.Zero ? s_tolerance : TimeSpan.Zero;
        if (ahead >= least - margin && ahead <= most + margin)
            return;
        var found = least <= TimeSpan.Zero && TimeSpan.Zero <= most ? TimeSpan.Zero : ahead < least ? least : most;
        Interlocked.Exchange(ref _ahead, found.Ticks);
    }
}
