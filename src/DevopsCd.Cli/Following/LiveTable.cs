using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DevopsCd.Cli.Following;

/// <summary>A batch on a terminal: one table that is kept current. What needs a look stands at its top, what is over at its end.</summary>
internal static class LiveTable
{
    /// <summary>The batch, the counts, the heads of the columns, how many more there are, and the cursor's own line.</summary>
    private const int LinesBeside = 5;

    private static readonly string[] s_failed = ["failed", "timed_out", "held"];

    /// <summary>Runs it with something that shows a batch.</summary>
    public static async Task<T> RunAsync<T>(Surroundings around, Func<Func<BatchView, Task>, Task<T>> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(around.Out),
            Ansi = AnsiSupport.Yes,
            ColorSystem = around.IsColoured ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No
        });
        (console.Profile.Width, console.Profile.Height) = (around.Width, around.Height);
        return await console.Live(new Text("")).Overflow(VerticalOverflow.Ellipsis).StartAsync(async live => await run(batch =>
        {
            live.UpdateTarget(Of(batch, around));
            return Task.CompletedTask;
        }));
    }

    /// <summary>What fits on the screen: a table that runs over its end could not be kept current.</summary>
    private static Rows Of(BatchView batch, Surroundings around)
    {
        var stage = Stages.Of(batch);
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var title in (string[])["APPLICATION", stage.ToUpperInvariant(), "IN FLIGHT", "BECAUSE"])
            table.AddColumn(new TableColumn(new Text(title)) { NoWrap = title != "BECAUSE" });
        var room = Math.Max(around.Height - LinesBeside, 1);
        foreach (var release in batch.Releases.OrderBy(r => Order(Stages.StatusOf(r, stage))).ThenBy(r => r.Application, StringComparer.Ordinal).Take(room))
            table.AddRow(new Text(Printer.Flat(release.Application)), Status(Stages.StatusOf(release, stage)),
                new Text(Stages.InFlight(release, around.Clock)), new Text(Printer.Flat(Because(release, stage))));
        var counts = batch.Releases.GroupBy(r => Stages.StatusOf(r, stage)).OrderBy(g => Order(g.Key)).Select(g => $"{g.Count()} {g.Key}");
        return new Rows(
            new Text($"{batch.BatchNumber} {Printer.Flat(batch.Title)}: {batch.StateName}"),
            new Text(Printer.Flat(batch.LastFailure) is { Length: > 0 } failure ? $"{string.Join(", ", counts)}; {failure}" : string.Join(", ", counts)),
            table,
            new Text(batch.Releases.Count > room ? $"and {batch.Releases.Count - room} more" : ""));
    }

    /// <summary>What kind of failure it is comes first: it says who has to look.</summary>
    private static string? Because(ReleaseView release, string stage) =>
        Stages.Failed(release, stage).Select(d => d.Cause?.Class).FirstOrDefault(kind => kind is not null) is { } kind
            ? $"{kind}: {release.StatusReason}"
            : release.StatusReason;

    private static Text Status(string status) =>
        new Text(status, new Style(s_failed.Contains(status) ? Color.Red : status == "succeeded" ? Color.Green : Color.Default));

    private static int Order(string status) => s_failed.Contains(status) ? 0 : status switch
    {
        "succeeded" => 3,
        "skipped" => 3,
        "pending" or "none" or "waiting" => 2,
        _ => 1
    };
}
