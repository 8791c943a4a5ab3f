using System.Diagnostics;

namespace DevopsCd.Testing.Chaos;

/// <summary>Load at an even pace, whatever each takes: load that waits for answers would hide that they are late.</summary>
internal static class Pace
{
    /// <summary>Until it is over.</summary>
    public static async Task EvenAsync(TimeSpan between, Func<Task> once, CancellationToken over)
    {
        var started = Stopwatch.GetTimestamp();
        for (var n = 0L; !over.IsCancellationRequested; n++)
        {
            await Until(started, between, n).ConfigureAwait(false);
            await once().ConfigureAwait(false);
        }
    }

    /// <summary>So many, and then until each has ended.</summary>
    public static async Task EvenAsync(TimeSpan between, int times, Func<int, Task> one)
    {
        var (started, running) = (Stopwatch.GetTimestamp(), new Task[times]);
        for (var n = 0; n < times; n++)
        {
            await Until(started, between, n).ConfigureAwait(false);
            running[n] = one(n);
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private static async Task Until(long started, TimeSpan between, long n)
    {
        if (started + (long)(n * between.TotalSeconds * Stopwatch.Frequency) is var due && due > Stopwatch.GetTimestamp())
            await Pause.For(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due), CancellationToken.None).ConfigureAwait(false);
    }
}
