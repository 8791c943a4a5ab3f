using System.Text.Json;
using DevopsCd.Testing;
using DevopsCd.Testing.Chaos;

const string Usage =
    """
    infra/chaos/run <figure>... [--seed N] [--batches N] [--kills N] [--samples N]
      kills     kill -9 of the host at random moments while batches run
      hosts     the same with two hosts on one broker and database
      large     one batch of 500 applications in 20 levels, instant deploys
      latency   an idle system: event in → committed, build in → release refreshed
      all       all of them
    Every run adds a JSON line to artifacts/chaos/history.jsonl.
    """;

var figures = args.TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
var options = args.Skip(figures.Length).Chunk(2).ToDictionary(pair => pair[0], pair => int.Parse(pair.ElementAtOrDefault(1) ?? "", System.Globalization.CultureInfo.InvariantCulture));
if (figures is ["all"]) figures = ["latency", "large", "kills", "hosts"];
if (figures.Length == 0)
{
    Console.WriteLine(Usage);
    return 2;
}

var failures = 0;
foreach (var figure in figures)
{
    switch (figure)
    {
        case "kills":
        case "hosts":
            var plan = new KillPlan
            {
                Hosts = figure == "hosts" ? 2 : 1,
                Batches = Option("--batches", 50),
                Kills = Option("--kills", 20),
                Seed = Option("--seed", Environment.TickCount),
            };
            var kills = await KillRun.RunAsync(plan, Say);
            Report(figure, kills, kills.Violations);
            break;
        case "large":
            var large = await LargeBatchRun.RunAsync(500, 20, concurrentApps: 5, Say);
            Report(figure, large, large.Violations);
            break;
        case "latency":
            Report(figure, await LatencyRun.RunAsync(Option("--samples", 300), Say), []);
            break;
        default:
            Console.WriteLine($"'{figure}' is no figure.{Environment.NewLine}{Usage}");
            return 2;
    }
}

return failures == 0 ? 0 : 1;

int Option(string name, int standard) => options.GetValueOrDefault(name, standard);

void Say(string text) => Console.WriteLine($"  {TimeProvider.System.GetLocalNow():HH:mm:ss} {text}");

void Report<T>(string figure, T report, IReadOnlyList<string> violations)
{
    var line = JsonSerializer.Serialize(new { at = TimeProvider.System.GetUtcNow(), figure, cores = Environment.ProcessorCount, report }, JsonSerializerOptions.Web);
    var history = Repository.PathTo("artifacts", "chaos", "history.jsonl");
    Directory.CreateDirectory(Path.GetDirectoryName(history)!);
    File.AppendAllText(history, line + Environment.NewLine);
    Console.WriteLine(line);
    foreach (var violation in violations) Console.WriteLine($"VIOLATION {violation}");
    failures += violations.Count;
}
