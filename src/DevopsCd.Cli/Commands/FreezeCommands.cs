using System.CommandLine;
using System.Globalization;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>freeze</c>: times in which stages do not start.</summary>
internal static class FreezeCommands
{
    private static readonly Argument<string> s_name = new("NAME") { Description = "The name of the freeze" };

    public static Command All(CommandSet set) => new CliCommand("freeze", "Times in which stages do not start")
        .Has(List(set), Show(set), Set(set), Remove(set));

    private static CliCommand List(CommandSet set) => set.Runs(new CliCommand("list", "List freezes with their present or next time", "devopscd freeze list"),
        async (session, _, cancellationToken) =>
        {
            var reply = await session.Api.GetAsync("freezes", cancellationToken);
            await session.Printer.ListAsync(reply, reply.As<Page<FreezeView>>().Items, f => f.Name,
                new("NAME", f => f.Name), new("ACTIVE", f => f.Active ? "yes" : "no"), new("FROM", f => Ages.Exact(Next(f)?.From)),
                new("TO", f => Ages.Exact(Next(f)?.To)), new("PROJECTS", f => Names(f.Freeze.Projects)), new("STAGES", f => Names(f.Freeze.Stages)),
                new("CLUSTERS", f => Names(f.Freeze.Clusters)), new("REASON", f => f.Freeze.Reason), new("BY", f => f.UpdatedBy, IsWide: true),
                new("RULE", f => f.Freeze.Rule, IsWide: true));
        });

    private static CliCommand Show(CommandSet set) => set.Runs(new CliCommand("show", "Show a freeze with its next times", "devopscd freeze show year-end").Takes(s_name),
        async (session, parsed, cancellationToken) => await PrintAsync(session, await session.Api.GetAsync(Path(parsed), cancellationToken)));

    private static CliCommand Set(CommandSet set)
    {
        var reason = Options.Needed("--reason", "TEXT", "Why nothing starts");
        var (from, to) = (Options.Text("--from", "TIME", "When it begins, where it is one time"), Options.Text("--to", "TIME", "When it ends"));
        var rule = Options.Text("--rule", "RRULE", "The rule of RFC 5545 by which it recurs");
        var start = Options.Text("--start", "TIME", "With a rule: the first time, as a clock in the zone shows it");
        var duration = Options.Text("--duration", "60h", "With a rule: how long it is each time");
        var zone = Options.Text("--zone", "ZONE", "With a rule: the IANA name of the time zone");
        var projects = Options.Texts("--project", "NAME", "A project it holds for (default: all)");
        var stages = Options.Texts("--stage", "pre|prod", "A stage it holds for (default: both)");
        var clusters = Options.Texts("--cluster", "NAME", "A cluster it holds for (default: all)");
        var pause = Options.Flag("--pause", "Also start no further operation of a stage that runs");
        return set.Runs(new CliCommand("set", "Set a time in which stages do not start",
            "devopscd freeze set year-end --from 2026-12-23T18:00+01:00 --to 2027-01-04T06:00+01:00 --stage prod --reason 'annual accounts'",
            "devopscd freeze set weekends --rule 'FREQ=WEEKLY;BYDAY=FR' --start 2026-12-04T18:00 --duration 60h --zone Europe/Berlin --reason 'nobody is there'")
            .Takes(s_name, reason, from, to, rule, start, duration, zone, projects, stages, clusters, pause), async (session, parsed, cancellationToken) =>
            await PrintAsync(session, await session.Api.ChangeAsync(HttpMethod.Put, Path(parsed), new FreezeBody
            {
                Reason = parsed.GetValue(reason)!,
                From = Times.Of(parsed.GetValue(from), "--from"),
                To = Times.Of(parsed.GetValue(to), "--to"),
                Rule = parsed.GetValue(rule),
                Start = parsed.GetValue(start),
                Duration = parsed.GetValue(duration),
                Zone = parsed.GetValue(zone),
                Projects = Given(parsed.GetValue(projects)),
                Stages = Given(parsed.GetValue(stages)),
                Clusters = Given(parsed.GetValue(clusters)),
                InFlight = parsed.GetValue(pause) ? "pause" : null
            }, cancellationToken)));
    }

    private static CliCommand Remove(CommandSet set) => set.Runs(new CliCommand("remove", "Remove a freeze; what waited for it starts", "devopscd freeze remove year-end")
        .Takes(s_name), async (session, parsed, cancellationToken) =>
        {
            await session.Api.ChangeAsync(HttpMethod.Delete, Path(parsed), null, cancellationToken);
            await session.SayAsync($"{parsed.GetValue(s_name)} is removed");
        });

    private static async Task PrintAsync(Session session, Reply reply)
    {
        var view = reply.As<FreezeView>();
        await session.Printer.FactsAsync(reply, view.Name,
            ("Name", view.Name), ("Active", view.Active ? "yes" : "no"), ("Reason", view.Freeze.Reason), ("Projects", Names(view.Freeze.Projects)),
            ("Stages", Names(view.Freeze.Stages)), ("Clusters", Names(view.Freeze.Clusters)), ("Rule", view.Freeze.Rule), ("Zone", view.Freeze.Zone),
            ("In flight", view.Freeze.InFlight ?? "finish"), ("Set", $"{Ages.Exact(view.UpdatedAt)} by {view.UpdatedBy}"));
        if (session.Printer.Format is not (OutputFormat.Table or OutputFormat.Wide) || view.Windows.Count == 0)
            return;
        await session.Around.Out.WriteLineAsync();
        await session.Printer.TableAsync(view.Windows, new Column<FreezeWindowView>("FROM", w => Ages.Exact(w.From)), new("TO", w => Ages.Exact(w.To)));
    }

    private static FreezeWindowView? Next(FreezeView freeze) => freeze.Windows.Count == 0 ? null : freeze.Windows[0];

    private static string Names(IReadOnlyList<string>? names) => names is null ? "all" : string.Join(",", names);

    private static string[]? Given(string[]? names) => names is { Length: > 0 } ? names : null;

    private static string Path(ParseResult parsed) => string.Create(CultureInfo.InvariantCulture, $"freezes/{Uri.EscapeDataString(parsed.GetValue(s_name)!)}");
}
