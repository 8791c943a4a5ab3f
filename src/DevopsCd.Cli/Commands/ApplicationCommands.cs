using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>app</c>: the catalogue of applications and where each is deployed.</summary>
internal static class ApplicationCommands
{
    private static readonly Argument<string> s_name = new("APP") { Description = "The name of the application" };
    private static readonly Argument<string> s_stage = new("STAGE") { Description = "pre or prod" };
    private static readonly Argument<string> s_cluster = new("CLUSTER") { Description = "The name of the cluster" };

    private static readonly Column<TargetView>[] s_targets =
    [
        new("STAGE", t => t.Stage), new("CLUSTER", t => t.Cluster), new("NAMESPACE", t => t.Namespace),
        new("WORKLOAD", t => $"{t.Workload.Kind}/{t.Workload.Name}"), new("STRATEGY", t => t.Strategy.Type),
        new("WAVE", t => t.Wave.ToString(CultureInfo.InvariantCulture))
    ];

    public static Command All(CommandSet set) => new CliCommand("app", "Applications and where they are deployed")
        .Has(List(set), Show(set), Set(set), Remove(set), new CliCommand("target", "Where an application is deployed")
            .Has(SetTarget(set), ListTargets(set), RemoveTarget(set)));

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
        return set.Runs(new CliCommand("set", "Add an application to the catalogue, or change one; what is not said stays",
            "devopscd app set web-shop --repository https://git.example/web-shop --depends-on order-service", "devopscd app set web-shop --project shop")
            .Takes(s_name, project, type, repository, branch, depends), async (session, parsed, cancellationToken) =>
            {
                var settings = new ApplicationChange
                {
                    Project = parsed.GetValue(project),
                    AppType = parsed.GetValue(type),
                    Repository = parsed.GetValue(repository),
                    DefaultBranch = parsed.GetValue(branch),
                    DependsOn = parsed.GetValue(depends) is { Length: > 0 } named ? named : null
                };
                await PrintAsync(session, await SetAsync(session, parsed, settings, cancellationToken));
            });
    }

    private static async Task<Reply> SetAsync(Session session, ParseResult parsed, ApplicationChange settings, CancellationToken cancellationToken)
    {
        try
        {
            var present = await session.Api.GetAsync(Path(parsed), cancellationToken);
            return settings == new ApplicationChange() ? present
                : await session.Api.ChangeAsync(HttpMethod.Patch, Path(parsed), settings, cancellationToken);
        }
        catch (CliException missing) when (missing.Problem?.Status == (int)HttpStatusCode.NotFound)
        {
            return await session.Api.ChangeAsync(HttpMethod.Post, "applications", new NewApplication
            {
                Name = parsed.GetValue(s_name)!,
                Project = settings.Project,
                AppType = settings.AppType,
                Repository = settings.Repository,
                DefaultBranch = settings.DefaultBranch,
                DependsOn = settings.DependsOn
            }, cancellationToken);
        }
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
        var ns = Options.Needed("--namespace", "NAME", "The namespace there");
        var kind = Options.Text("--kind", "KIND", "The kind of the workload (default: Deployment)");
        var workload = Options.Text("--workload", "NAME", "The name of the workload (default: that of the application)");
        var container = Options.Text("--container", "NAME", "The container that gets the image, where there are several");
        var strategy = Options.Text("--strategy", "NAME|JSON", "The name of a strategy, or all its settings as JSON");
        var wave = Options.Text("--wave", "N", "The wave in which it deploys (default: 1)");
        return set.Runs(new CliCommand("set", "Say where an application is deployed in a stage",
            "devopscd app target set web-shop pre staging --namespace shop",
            """devopscd app target set web-shop prod eu-1 --namespace shop --strategy '{"type":"canary","steps":[{"weight":20,"pause":"5m"}]}'""")
            .Takes(s_name, s_stage, s_cluster, ns, kind, workload, container, strategy, wave), async (session, parsed, cancellationToken) =>
        {
            var reply = await session.Api.ChangeAsync(HttpMethod.Put, TargetPath(parsed), new JsonObject
            {
                ["namespace"] = parsed.GetValue(ns),
                ["workload"] = new JsonObject
                {
                    ["kind"] = parsed.GetValue(kind) ?? "Deployment",
                    ["name"] = parsed.GetValue(workload) ?? parsed.GetValue(s_name),
                    ["container"] = parsed.GetValue(container)
                },
                ["strategy"] = StrategyOf(parsed.GetValue(strategy)),
                ["wave"] = WaveOf(parsed.GetValue(wave))
            }, cancellationToken);
            await PrintAsync(session, reply);
        });
    }

    private static CliCommand ListTargets(CommandSet set) =>
        set.Runs(new CliCommand("list", "List where an application is deployed", "devopscd app target list web-shop").Takes(s_name),
            async (session, parsed, cancellationToken) =>
            {
                var reply = await session.Api.GetAsync(Path(parsed), cancellationToken);
                await session.Printer.ListAsync(reply.Part("targets", "[]"), reply.As<ApplicationView>().Targets, t => $"{t.Stage}/{t.Cluster}", s_targets);
            });

    private static CliCommand RemoveTarget(CommandSet set) =>
        set.Runs(new CliCommand("remove", "Deploy an application no longer in a stage and cluster; sealed batches keep what they were sealed with",
            "devopscd app target remove web-shop prod eu-1").Takes(s_name, s_stage, s_cluster), async (session, parsed, cancellationToken) =>
            {
                await session.Api.ChangeAsync(HttpMethod.Delete, TargetPath(parsed), null, cancellationToken);
                await session.SayAsync($"{parsed.GetValue(s_name)} is no longer deployed in {parsed.GetValue(s_stage)}/{parsed.GetValue(s_cluster)}");
            });

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
            await session.Printer.TableAsync(application.Targets, s_targets);
        }
        foreach (var note in application.Notes ?? [])
            await session.SayAsync($"{note}");
    }

    private static int? WaveOf(string? text) => text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var wave) ? wave
        : throw CliException.Usage($"--wave is no number: {text}");

    private static JsonNode? StrategyOf(string? text)
    {
        if (text is null)
            return null;
        try
        {
            return text.StartsWith('{') ? JsonNode.Parse(text) : new JsonObject { ["type"] = text };
        }
        catch (JsonException wrong)
        {
            throw CliException.Usage($"--strategy is no JSON: {wrong.Message}");
        }
    }

    private static string TargetPath(ParseResult parsed) =>
        $"{Path(parsed)}/targets/{Uri.EscapeDataString(parsed.GetValue(s_stage)!)}/{Uri.EscapeDataString(parsed.GetValue(s_cluster)!)}";

    private static string Path(ParseResult parsed) => $"applications/{Uri.EscapeDataString(parsed.GetValue(s_name)!)}";
}
