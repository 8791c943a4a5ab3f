using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>app</c>: the catalogue of applications and where each is deployed.</summary>
internal static class ApplicationCommands
{
    private static readonly Argument<string> s_name = new("APP") { Description = "The name of the application" };

    public static Command All(CommandSet set) => new CliCommand("app", "Applications and where they are deployed")
        .Has(List(set), Show(set), Set(set), Remove(set), new CliCommand("target", "Where an application is deployed").Has(SetTarget(set)));

    private static CliCommand List(CommandSet set)
    {
        var (lists, query) = (new Lists(), Options.Text("--query", "TEXT", "Part of the name", "-q"));
        return set.Runs(new CliCommand("list", "List applications", "devopscd app list", "devopscd app list -q shop -o name")
            .Takes([query, .. lists.Shared]), async (session, parsed, cancellationToken) =>
        {
            var (reply, items) = await lists.ReadAsync<ApplicationView>(session, parsed, "applications", cancellationToken, ("q", parsed.GetValue(query)));
            await session.Printer.ListAsync(reply, items, a => a.Name,
                new("NAME", a => a.Name), new("PROJECT", a => a.Project), new("BRANCH", a => a.DefaultBranch),
                    new("DEPENDS ON", a => string.Join(",", a.DependsOn)),
                new("TARGETS", a => string.Join(",", a.Targets.Select(t => $"{t.Stage}/{t.Cluster}"))), new("OPEN BATCH", a => a.OpenBatch),
                new("TYPE", a => a.AppType, IsWide: true), new("REPOSITORY", a => a.Repository, IsWide: true));
        });
    }

    private static CliCommand Show(CommandSet set) =>
        set.Runs(new CliCommand("show", "Show an application", "devopscd app show web-shop").Takes(s_name), async (session, parsed, cancellationToken) =>
        await PrintAsync(session, await session.Api.GetAsync(Path(parsed), cancellationToken)));

    private static CliCommand Set(CommandSet set)
    {
        var project = Options.Text("--project", "NAME", "The project it belongs to");
        var type = Options.Text("--type", "TYPE", "What kind of application it is");
        var repository = Options.Text("--repository", "URL", "Where its source is");
        var branch = Options.Text("--branch", "BRANCH", "The branch that is followed where a batch names none");
        var depends = Options.Texts("--depends-on", "APP", "An application that is deployed before it");
        return set.Runs(new CliCommand("set", "Add an application to the catalogue",
            "devopscd app set web-shop --repository https://git.example/web-shop --depends-on order-service")
            .Takes(s_name, project, type, repository, branch, depends), async (session, parsed, cancellationToken) =>
            await PrintAsync(session, await session.Api.ChangeAsync(HttpMethod.Post, "applications", new
            {
                name = parsed.GetValue(s_name),
                project = parsed.GetValue(project),
                appType = parsed.GetValue(type),
                repository = parsed.GetValue(repository),
                defaultBranch = parsed.GetValue(branch),
                dependsOn = parsed.GetValue(depends) is { Length: > 0 } named ? named : null
            }, cancellationToken)));
    }

    private static CliCommand Remove(CommandSet set) =>
        set.Runs(new CliCommand("remove", "Remove an application; batches that have ended keep it in their history",
            "devopscd app remove web-shop").Takes(s_name),
            async (session, parsed, cancellationToken) =>
            {
                await session.Api.ChangeAsync(HttpMethod.Delete, Path(parsed), null, cancellationToken);
                await session.SayAsync($"{parsed.GetValue(s_name)} is removed");
            });

    private static CliCommand SetTarget(CommandSet set)
    {
        var stage = new Argument<string>("STAGE") { Description = "pre or prod" };
        var cluster = new Argument<string>("CLUSTER") { Description = "The name of the cluster" };
        var ns = Options.Needed("--namespace", "NAME", "The namespace there");
        var kind = Options.Text("--kind", "KIND", "The kind of the workload (default: Deployment)");
        var workload = Options.Text("--workload", "NAME", "The name of the workload (default: that of the application)");
        var container = Options.Text("--container", "NAME", "The container that gets the image, where there are several");
        var strategy = Options.Text("--strategy", "NAME|JSON", "The name of a strategy, or all its settings as JSON");
        var wave = Options.Text("--wave", "N", "The wave in which it deploys (default: 1)");
        return set.Runs(new CliCommand("set", "Say where an application is deployed in a stage",
            "devopscd app target set web-shop pre staging --namespace shop",
            """devopscd app target set web-shop prod eu-1 --namespace shop --strategy '{"type":"canary","steps":[{"weight":20,"pause":"5m"}]}'""")
            .Takes(s_name, stage, cluster, ns, kind, workload, container, strategy, wave),
            async (session, parsed, cancellationToken) =>
        {
            var reply = await session.Api.ChangeAsync(HttpMethod.Put,
                $"{Path(parsed)}/targets/{Uri.EscapeDataString(parsed.GetValue(stage)!)}/{Uri.EscapeDataString(parsed.GetValue(cluster)!)}", new
                {
                    @namespace = parsed.GetValue(ns),
                    workload = new
                    {
                        kind = parsed.GetValue(kind) ?? "Deployment",
                        name = parsed.GetValue(workload) ?? parsed.GetValue(s_name),
                        container = parsed.GetValue(container)
                    },
                    strategy = StrategyOf(parsed.GetValue(strategy)),
                    wave = WaveOf(parsed.GetValue(wave))
                }, cancellationToken);
            await PrintAsync(session, reply);
        });
    }

    private static async Task PrintAsync(Session session, Reply reply)
    {
        var application = reply.As<ApplicationView>();
        await session.Printer.FactsAsync(reply, application.Name,
            ("Name", application.Name), ("Project", application.Project), ("Type", application.AppType), ("Repository", application.Repository),
                ("Branch", application.DefaultBranch),
            ("Depends on", string.Join(", ", application.DependsOn)), ("Open batch", application.OpenBatch));
        if (session.Printer.Format is OutputFormat.Table or OutputFormat.Wide && application.Targets.Count > 0)
        {
            await session.Around.Out.WriteLineAsync();
            await session.Printer.TableAsync(application.Targets, new("STAGE", t => t.Stage), new("CLUSTER", t => t.Cluster),
                new("NAMESPACE", t => t.Namespace),
                new Column<TargetView>("WORKLOAD", t => $"{t.Workload.Kind}/{t.Workload.Name}"), new("STRATEGY", t => t.Strategy.Type),
                new("WAVE", t => t.Wave.ToString(CultureInfo.InvariantCulture)));
        }
        foreach (var note in application.Notes ?? [])
            await session.SayAsync(note);
    }

    private static int? WaveOf(string? text) => text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var wave) ? wave
        : throw CliException.Usage($"--wave is no number: {text}");

    private static JsonElement? StrategyOf(string? text)
    {
        if (text is null)
            return null;
        try
        {
            return text.StartsWith('{') ? JsonSerializer.Deserialize<JsonElement>(text) : JsonSerializer.SerializeToElement(new { type = text });
        }
        catch (JsonException wrong)
        {
            throw CliException.Usage($"--strategy is no JSON: {wrong.Message}");
        }
    }

    private static string Path(ParseResult parsed) => $"applications/{Uri.EscapeDataString(parsed.GetValue(s_name)!)}";
}
