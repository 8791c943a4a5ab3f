namespace DevopsCd.Bench;

/// <summary>One contestant's points of the curve: how it does with few and many sagas at once, as a fresh process and as one that is warm.</summary>
internal static class CurveMeasurement
{
    /// <summary>Events that make up the beginning of a process.</summary>
    internal const int ColdEvents = 5_000;

    /// <summary>Events after which a process is warm: as many as the largest size has.</summary>
    private const int WarmEvents = 22_000;

    /// <summary>Fewest events of a warm point: small sizes are repeated, because half a second says little.</summary>
    private const int LeastEvents = 5_500;

    /// <param name="options">What to measure.</param>
    /// <param name="run">Works through so many sagas, all at once; gives the seconds, to so many events where that is said.</param>
    /// <param name="database">The database's name.</param>
    internal static async Task<List<CurvePoint>> Run(Options options, Func<int, int?, Task<double>> run, string database)
    {
        var (kind, sizes) = (options.Curve.Split(' ')[0], options.Curve.Split(' ')[1..].Select(int.Parse).ToList());
        if (kind == "cold")
            return [await Measure(options, sizes[0], true, ColdEvents, database, size => run(size, size * Advance.Steps > ColdEvents ? ColdEvents : null))];
        for (var events = 0; events < WarmEvents; events += 1000 * Advance.Steps)
            await run(1000, null);
        var points = new List<CurvePoint>();
        foreach (var size in sizes)
            points.Add(await Measure(options, size, false, LeastEvents, database, count => run(count, null)));
        return points;
    }

    private static async Task<CurvePoint> Measure(Options options, int sagas, bool cold, int least, string database, Func<int, Task<double>> run)
    {
        GC.Collect();
        var before = CpuTime.Read(database);
        var (events, worked, seconds) = (0, 0, 0.0);
        while (events < least)
        {
            seconds += await run(sagas);
            // Of a cold run only the beginning is timed, while the processor time is that of all it worked on.
            events += cold ? Math.Min(sagas * Advance.Steps, ColdEvents) : sagas * Advance.Steps;
            worked += sagas * Advance.Steps;
        }
        var after = CpuTime.Read(database);
        return new CurvePoint(options.Contestant, sagas, cold, events / seconds, (after.App - before.App) * 1000 / worked,
            (after.Postgres - before.Postgres) * 1000 / worked);
    }
}

/// <summary>One contestant with one number of sagas at once.</summary>
/// <param name="Contestant">Who.</param>
/// <param name="Sagas">At once.</param>
/// <param name="Cold">In the first events of a fresh process; else warm.</param>
/// <param name="EventsPerSecond">The rate.</param>
/// <param name="AppMilliseconds">Processor time of the program for an event.</param>
/// <param name="PostgresMilliseconds">The same of PostgreSQL.</param>
internal sealed record CurvePoint(string Contestant, int Sagas, bool Cold, double EventsPerSecond, double AppMilliseconds, double PostgresMilliseconds);
