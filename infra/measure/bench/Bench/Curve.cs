using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DevopsCd.Bench;

/// <summary>
/// Draws how the contestants do with few and many sagas at once, each size cold in a process of its own, and warm one after the other in one; several
/// rounds in turn, of which the median counts.
/// </summary>
internal static class Curve
{
    private static readonly string[] All = ["floor-batched", "ours", "wolverine"];

    internal static async Task<int> Run(string[] args)
    {
        var rounds = int.Parse(Tournament.Argument(args, "--rounds") ?? "3", CultureInfo.InvariantCulture);
        var sizes = (Tournament.Argument(args, "--sizes") ?? "100,500,1000,2000").Split(',');
        var asked = Tournament.Argument(args, "--only")?.Split(',') ?? All;
        var contestants = asked.Where(contestant => File.Exists(Tournament.Program(contestant, null))).ToArray();
        foreach (var contestant in asked.Except(contestants))
            Console.WriteLine($"{contestant}: not built, left out");
        string[] kinds = Tournament.Argument(args, "--kinds")?.Split(',') ?? ["cold", "warm"];

        var points = new List<CurvePoint>();
        var complete = true;
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var run in kinds.SelectMany(kind => kind == "cold" ? sizes.Select(size => $"cold {size}") : [$"warm {string.Join(' ', sizes)}"]))
            {
                foreach (var contestant in contestants)
                {
                    if (await Tournament.Started(contestant, 2000, 0, 0, null, run) is not { } text)
                    {
                        complete = false;
                        continue;
                    }
                    foreach (var point in JsonSerializer.Deserialize<List<CurvePoint>>(text)!)
                    {
                        points.Add(point);
                        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                            $"round {round} {(point.Cold ? "cold" : "warm")} {point.Sagas,5} sagas {contestant,-14} {point.EventsPerSecond,6:0} events/s  app {point.AppMilliseconds:0.00} pg {point.PostgresMilliseconds:0.00} ms"));
                    }
                }
            }
        }

        var table = Table(points, contestants, rounds);
        Console.WriteLine(table);
        if (!complete)
        {
            Console.Error.WriteLine("A contestant has no result: no table is written");
            return 1;
        }
        if (Tournament.Argument(args, "--readme") is { } readme)
            Tournament.Write(readme, table, "curve");
        return 0;
    }

    private static string Table(List<CurvePoint> points, string[] contestants, int rounds)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"Measured {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores for everything, load average of the last minute {File.ReadAllText("/proc/loadavg").Split(' ')[0]}; {(rounds == 1 ? "one round" : $"medians of {rounds} interleaved rounds")}.\n\n");
        text.Append("| sagas at once | events/s: ").AppendJoin(" / ", contestants).Append(" | ours of Wolverine | ours of the floor | CPU ms an event, program: ")
            .AppendJoin(" / ", contestants).Append(" |\n|---|---|---|---|---|\n");
        foreach (var row in points.GroupBy(point => (point.Cold, point.Sagas)).OrderByDescending(row => row.Key.Cold).ThenBy(row => row.Key.Sagas))
        {
            double? Of(string contestant, Func<CurvePoint, double> value) =>
                row.Where(point => point.Contestant == contestant).Select(value).Order().ToArray() is { Length: > 0 } sorted ? sorted[sorted.Length / 2] : null;
            string Each(Func<CurvePoint, double> value, string format) =>
                string.Join(" / ", contestants.Select(contestant => Of(contestant, value)?.ToString(format, CultureInfo.InvariantCulture) ?? "–"));
            string Ratio(string other) => (Of("ours", point => point.EventsPerSecond) / Of(other, point => point.EventsPerSecond))
                ?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";
            text.Append(CultureInfo.InvariantCulture,
                $"| {row.Key.Sagas}, {(row.Key.Cold ? $"the first {CurveMeasurement.ColdEvents} events" : "warm")} | {Each(point => point.EventsPerSecond, "0")} | {Ratio("wolverine")} | {Ratio("floor-batched")} | {Each(point => point.AppMilliseconds, "0.00")} |\n");
        }
        return text.ToString();
    }
}
