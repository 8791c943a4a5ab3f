using System.Globalization;
using System.Text.Json;
using DevopsCd.PagesBench;
using DevopsCd.Testing;

const string Usage =
    """
    infra/measure/pages/run <figure>... [--applications N] [--samples N] [--pages N] [--minutes N]
      visits    first visits of the page of a large batch: bytes, first paint, interactive
      clicks    click on approve → the new state on the screen
      hundred   commit → screen with many open pages on one host, and what they cost it in memory
      soak      a page that is open for long while batches deploy: memory of host and browser
      all       all but soak
    Every run adds a JSON line to artifacts/pages/history.jsonl.
    """;

var figures = args.TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
var options = args.Skip(figures.Length).Chunk(2).ToDictionary(pair => pair[0], pair => int.Parse(pair.ElementAtOrDefault(1) ?? "", CultureInfo.InvariantCulture));
if (figures is ["all"])
    figures = ["visits", "clicks", "hundred"];
if (figures.Length == 0 || figures.Except(["visits", "clicks", "hundred", "soak"]).Any())
{
    Console.WriteLine(Usage);
    return 2;
}

await using var browser = await Browser.LaunchAsync();
foreach (var figure in figures)
{
    // Each has a host of its own, so that none begins with what another has left in its memory.
    await using var subject = await LargeBatch.CreateAsync(Option("--applications", 500), isDeploying: figure == "soak", Say);
    object report = figure switch
    {
        "visits" => await VisitFigure.RunAsync(browser, subject, Option("--samples", 20), Say),
        "clicks" => await ClickFigure.RunAsync(browser, subject, Option("--samples", 20), Say),
        "hundred" => await HundredFigure.RunAsync(browser, subject, Option("--pages", 100), Option("--samples", 20), Say),
        _ => await SoakFigure.RunAsync(browser, subject, TimeSpan.FromMinutes(Option("--minutes", 60)), Say)
    };
    var line = JsonSerializer.Serialize(
        new { at = TimeProvider.System.GetUtcNow(), figure, cores = Environment.ProcessorCount, load = Load(), applications = Option("--applications", 500), report },
        JsonSerializerOptions.Web);
    var history = Repository.PathTo("artifacts", "pages", "history.jsonl");
    Directory.CreateDirectory(Path.GetDirectoryName(history)!);
    await File.AppendAllTextAsync(history, line + Environment.NewLine);
    Console.WriteLine(line);
}
return 0;

int Option(string name, int standard) => options.GetValueOrDefault(name, standard);

void Say(string text) => Console.WriteLine($"  {TimeProvider.System.GetLocalNow():HH:mm:ss} {text}");

// Of the minute before: the figure's own work is in it.
string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
