namespace DevopsCd.Core.Deployments;

/// <summary>How long a stage takes when each of its operations takes its time: waves, dependencies, and a bound on how many run at once. Pure.</summary>
internal static class ExpectedDuration
{
    /// <summary>So many times have to be known before anything can be said of the longest.</summary>
    private const int Fewest = 5;

    /// <param name="operations">The operations in the order in which they start when several could.</param>
    /// <param name="concurrency">Most operations in flight at once.</param>
    /// <param name="soak">What passes between two waves.</param>
    public static TimeSpan Of(IReadOnlyList<TimedOperation> operations, int concurrency, TimeSpan soak = default)
    {
        var waves = operations.GroupBy(o => o.Wave).Select(wave => OfWave([.. wave], concurrency)).ToList();
        return waves.Aggregate(TimeSpan.Zero, (all, wave) => all + wave) + (Math.Max(waves.Count - 1, 0) * soak);
    }

    private static TimeSpan OfWave(List<TimedOperation> waiting, int concurrency)
    {
        var left = waiting.GroupBy(o => o.Application, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var running = new PriorityQueue<TimedOperation, TimeSpan>();
        var now = TimeSpan.Zero;
        while (true)
        {
            for (var i = 0; i < waiting.Count && running.Count < concurrency; i++)
                if (waiting[i].DependsOn.All(name => left.GetValueOrDefault(name) == 0))
                {
                    running.Enqueue(waiting[i], now + waiting[i].Time);
                    waiting.RemoveAt(i--);
                }
            // What waits for itself never starts, and takes no time.
            if (!running.TryDequeue(out var ended, out var end))
                return now;
            now = end;
            left[ended.Application]--;
        }
    }

    /// <summary>
    /// What 99 of 100 do not exceed, without the few that are far from all others: one that hung once is not what is usual. Null while too few are
    /// known.
    /// </summary>
    public static TimeSpan? AtMost(IEnumerable<TimeSpan> times)
    {
        if (times.Order().ToList() is not { Count: >= Fewest } sorted)
            return null;
        var (lower, upper) = (sorted[(sorted.Count - 1) / 4], sorted[(sorted.Count - 1) * 3 / 4]);
        var near = sorted.FindAll(time => time <= upper + ((upper - lower) * 3));
        return near[(int)Math.Ceiling(near.Count * 0.99) - 1];
    }

    /// <summary>What is usual: the middle one, which a few that went wrong do not move.</summary>
    public static TimeSpan? Usual(IEnumerable<TimeSpan> times) => times.Order().ToList() is { Count: > 0 } sorted ? sorted[(sorted.Count - 1) / 2] : null;
}

/// <summary>An operation with the time that it takes.</summary>
internal sealed record TimedOperation(string Application, IReadOnlyList<string> DependsOn, TimeSpan Time, int Wave = 1);
