using System.Globalization;
using System.Text.Json;
using DevopsCd.SafetyBench;
using DevopsCd.Testing;

const string Usage =
    """
    infra/measure/bench-safety/run <figure>... [--applications N] [--batches N] [--freezes N] [--samples N]
      rollback    a batch of 200 applications with instant deployments: production, and back
      preflight   of a batch of 500 applications
      explain     of a batch of 500 applications, before its approval and while it deploys
      scan        with 1,000 open batches and 200 freezes, one of which is in force
      all         all of them
    Every run adds a JSON line for each figure to artifacts/bench-safety/history.jsonl.
    """;

string[] all = ["rollback", "preflight", "explain", "scan"];
var figures = args.TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
var options = args.Skip(figures.Length).Chunk(2).ToDictionary(pair => pair[0],
    pair => int.Parse(pair.ElementAtOrDefault(1) ?? "", CultureInfo.InvariantCulture));
if (figures is ["all"])
    figures = all;
if (figures.Length == 0 || figures.Except(all).Any())
{
    Console.WriteLine(Usage);
    return 2;
}

foreach (var figure in figures)
{
    // Each has a host of its own, so that none begins with what another has left in its memory.
    await using var house = await House.StartAsync();
    object report = figure switch
    {
        "rollback" => await Figures.RollbackAsync(house, Option("--applications", 200), Say),
        "preflight" => await Figures.PreflightAsync(house, Option("--applications", 500), Option("--samples", 20), Say),
        "explain" => await Figures.ExplainAsync(house, Option("--applications", 500), Option("--samples", 50), Say),
        _ => await Figures.ScanAsync(house, Option("--batches", 1000), Option("--freezes", 200), Option("--samples", 10), Say)
    };
    var line = JsonSerializer.Serialize(
        new { at = TimeProvider.System.GetUtcNow(), figure, cores = Environment.ProcessorCount, load = Load(), report },
        JsonSerializerOptions.Web);
    var history = Repository.PathTo("artifacts", "bench-safety", "history.jsonl");
    Directory.CreateDirectory(Path.GetDirectoryName(history)!);
    await File.AppendAllTextAsync(history, line + Environment.NewLine);
    Console.WriteLine(line);
}
return 0;

// Of the minute before: the figure's own work is in it.
string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

int Option(string name, int standard) => options.GetValueOrDefault(name, standard);

void Say(string text) => Console.WriteLine($"  {TimeProvider.System.GetLocalNow():HH:mm:ss} {text}");
