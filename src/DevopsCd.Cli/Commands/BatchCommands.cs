using System.CommandLine;
using System.Globalization;
using DevopsCd.Cli.Following;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;
using DevopsCd.Shared;

namespace DevopsCd.Cli.Commands;

/// <summary><c>batch</c>: a release, from its creation to its acceptance.</summary>
internal static class BatchCommands
{
    public static Command All(CommandSet set) => new CliCommand("batch", "Batches: releases of many applications together").Has(
        Create(set), List(set), Show(set), BatchContentCommands.Edit(set), BatchContentCommands.Add(set), BatchContentCommands.Remove(set),
        BatchContentCommands.Diff(set), Events(set), Explain(set),
        new BatchEvent("approve", "approve", "Approve a batch").Of(set),
        new BatchEvent("reject", "reject", "Reject a batch for good") { NeedsReason = true }.Of(set),
        new BatchEvent("seal", "confirm_tag", "Lock the builds of a batch; its pre-production begins by itself") { Stage = StageWait.Pre }.Of(set),
        new BatchEvent("start-pre", "start_pre_deploy", "Start pre-production again after a failure")
        { Stage = StageWait.Pre, HasAll = true, Starts = true }.Of(set),
        new BatchEvent("reopen", "reopen", "Open a sealed batch again, so that a fix gets in") { NeedsReason = true, Because = "web-shop needs a fix" }.Of(set),
        new BatchEvent("start-prod", "start_prod_deploy", "Start production")
        { Stage = StageWait.Prod, Production = $"Start production of", Starts = true }.Of(set),
        new BatchEvent("rollback", "start_prod_rollback", "Take production back to what ran before a batch, in the reverse order")
        {
            NeedsReason = true,
            Because = "orders fail",
            Stage = StageWait.Rollback,
            Production = $"Roll production back from"
        }.Of(set),
        Revert(set),
        Split(set),
        new BatchEvent("accept", "final_accept", "Accept a batch for good").Of(set),
        new BatchEvent("cancel", "cancel", "Cancel a batch; what is in flight ends first")
        { NeedsReason = true, Leaves = true, Stage = StageWait.Cancel }.Of(set),
        Unschedule(set), Plan(set), Preflight(set), GateCommands.List(set), GateCommands.All(set), Watch(set));

    private static CliCommand Create(CommandSet set)
    {
        var title = Options.Needed("--title", "TEXT", "What the batch is for", "-t");
        var apps = Options.Texts("--app", "APP", "An application, perhaps with a build to pin: APP, APP=BUILD or APP@BRANCH", "-a");
        (apps.Required, apps.AllowMultipleArgumentsPerToken) = (true, true);
        var number = Options.Text("--number", "NUMBER", "The number of the batch (default: the service gives one)");
        var project = Options.Text("--project", "NAME", "The project it belongs to");
        return set.Runs(new CliCommand("create", "Create a batch", "devopscd batch create -t 'Autumn release' -a user-service order-service web-shop",
            "devopscd batch create -t Hotfix -a web-shop=128 -o name")
            .Takes(title, apps, number, project), async (session, parsed, cancellationToken) =>
        {
            var reply = await session.Api.ChangeAsync(HttpMethod.Post, "batches", new NewBatch
            {
                Title = parsed.GetValue(title)!,
                BatchNumber = parsed.GetValue(number),
                Project = parsed.GetValue(project),
                Releases = [.. parsed.GetValue(apps)!.Select(BatchContentCommands.ItemOf)]
            }, cancellationToken);
            await BatchPage.PrintAsync(session, reply, reply.As<BatchView>());
        });
    }

    private static CliCommand List(CommandSet set)
    {
        var lists = new Lists();
        var status = Options.Text("--status", "STATE", "States by code or name, separated by commas");
        var query = Options.Text("--query", "TEXT", "Part of the number, the title or the name of an application", "-q");
        return set.Runs(new CliCommand("list", "List batches, newest first", "devopscd batch list", "devopscd batch list --status PreDeployed,ProdDeploying")
            .Takes([status, query, .. lists.Shared]),
            async (session, parsed, cancellationToken) =>
            {
                var (reply, items) = await lists.ReadAsync<BatchSummary>(session, parsed, "batches", cancellationToken, ("status", parsed.GetValue(status)),
                    ("q", parsed.GetValue(query)));
                await session.Printer.ListAsync(reply, items, b => b.BatchNumber,
                    new("ID", b => $"{b.Id}"), new("NUMBER", b => b.BatchNumber), new("STATE", b => b.StateName), new("TITLE", b => b.Title),
                        new("APPS", b => $"{b.Applications}"),
                    new("BY", b => b.Initiator), new("AGE", b => Ages.Of(b.CreatedAt, session.Clock)), new("FAILURE", b => b.LastFailure),
                    new("PROJECT", b => b.Project, IsWide: true), new("VERSION", b => $"{b.Version}", IsWide: true));
            });
    }

    private static CliCommand Show(CommandSet set)
    {
        var batch = Batches.Argument();
        return set.Runs(new CliCommand("show", "Show a batch with its applications", "devopscd batch show 42", "devopscd batch show B20261124-001 -o json")
            .Takes(batch), async (session, parsed, cancellationToken) =>
        {
            var (reply, view) = await Batches.ReadAsync(session, await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken),
                cancellationToken);
            await BatchPage.PrintAsync(session, reply, view);
        });
    }

    private static CliCommand Events(CommandSet set)
    {
        var (batch, lists) = (Batches.Argument(), new Lists());
        return set.Runs(new CliCommand("events", "List the audit of a batch, oldest first", "devopscd batch events 42").Takes([batch, .. lists.Shared]),
            async (session, parsed, cancellationToken) =>
        {
            var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
            var (reply, items) = await lists.ReadAsync<BatchEventView>(session, parsed, $"batches/{id}/events", cancellationToken);
            await session.Printer.ListAsync(reply, items, e => $"{e.Id}",
                new("VERSION", e => $"{e.Version}"), new("EVENT", e => e.Event), new("OUTCOME", e => e.Outcome), new("FROM", e => e.From),
                    new("TO", e => e.To), new("BY", e => e.Operator),
                new("AT", e => Ages.Exact(e.At)), new("REASON", e => e.Reason), new("THROUGH", e => e.Source, IsWide: true),
                    new("MESSAGE", e => $"{e.MessageId}", IsWide: true));
        });
    }

    private static CliCommand Explain(CommandSet set)
    {
        var batch = Batches.Argument();
        var batchEvent = Options.Text("--event", "EVENT", "Of this event only, for example start_prod_deploy");
        return set.Runs(new CliCommand("explain", "Explain what stands in the way of each event of a batch", "devopscd batch explain 42 --event confirm_tag")
            .Takes(batch, batchEvent), async (session, parsed, cancellationToken) =>
        {
            var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
            var reply = await session.Api.GetAsync(Lists.Query($"batches/{id}/explain", ("event", parsed.GetValue(batchEvent))), cancellationToken);
            var explanation = reply.As<BatchExplanation>();
            var lines = explanation.Events
                .SelectMany(e => e.Obstacles.Count == 0 ? [(e, null)] : e.Obstacles.Select(o => (Event: e, Obstacle: (EventObstacle?)o))).ToList();
            await session.Printer.ListAsync(reply, lines, l => l.Event.Event,
                new("EVENT", l => l.Event.Event), new("BY", l => l.Event.By), new("ALLOWED", l => l.Event.Allowed ? "yes" : "no"),
                    new("BECAUSE", l => l.Obstacle?.Reason),
                new("LIFTED BY", l => l.Obstacle?.LiftedBy), new("EARLIEST", l => Ages.Exact(l.Obstacle?.EarliestAt)),
                    new("CHECK", l => l.Obstacle?.Guard, IsWide: true));
            await SayWavesAsync(session, explanation.Waves);
            foreach (var waiting in explanation.Waiting)
                await session.SayAsync($"  {waiting.Application} ({waiting.Status}): {waiting.WaitsFor}");
        });
    }

    private static CliCommand Preflight(CommandSet set)
    {
        var batch = Batches.Argument();
        var stage = Options.Text("--stage", "pre|prod|rollback", "The stage (default: the one that comes next)");
        return set.Runs(new CliCommand("preflight", "Show what starting a stage would do now, and what would stop it; exit code 5 where something would",
            "devopscd batch preflight 42", "devopscd batch preflight 42 --stage prod -o json").Takes(batch, stage),
            async (session, parsed, cancellationToken) =>
            {
                var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
                var reply = await session.Api.GetAsync(Lists.Query($"batches/{id}/preflight", ("stage", parsed.GetValue(stage))), cancellationToken);
                var preflight = reply.As<BatchPreflight>();
                await session.Printer.ListAsync(reply, preflight.Operations, o => o.Application,
                    new("APPLICATION", o => o.Application), new("CLUSTER", o => o.Cluster),
                    new("WAVE", o => o.Wave?.ToString(CultureInfo.InvariantCulture)), new("ACTION", o => o.Action), new("RUNS NOW", o => o.Running),
                    new("WOULD RUN", o => o.Image ?? o.Revision),
                    new("USUALLY", o => o.ExpectedSeconds is { } seconds ? Ages.Length(TimeSpan.FromSeconds(seconds)) : null),
                    new("PROBLEM", o => o.Problems is null ? null : string.Join("; ", o.Problems.Select(p => $"{p.Key}: {string.Join(", ", p.Value)}"))),
                    new("DEPENDS ON", o => string.Join(",", o.DependsOn), IsWide: true));
                foreach (var obstacle in preflight.Obstacles)
                    await session.SayAsync($"in the way: {obstacle.Reason}");
                foreach (var gate in preflight.Gates)
                    await session.SayAsync($"gate {gate.Name} ({gate.At}): {gate.Status}");
                if (preflight.ExpectedSeconds is { } usual)
                    await session.SayAsync($"usually takes {Ages.Length(TimeSpan.FromSeconds(usual))}");
                if (preflight.DeployServiceNote is { } note)
                    await session.SayAsync($"{note}");
                return preflight.Ok ? ExitCodes.Ok : ExitCodes.Refused;
            });
    }

    private static CliCommand Plan(CommandSet set)
    {
        var batch = Batches.Argument();
        var stage = Options.Text("--stage", "pre|prod|rollback", "The stage (default: the one that it is in or that comes next)");
        return set.Runs(new CliCommand("plan", "Show what a stage of a batch does, in its order; of a rollback what production goes back to",
            "devopscd batch plan 42", "devopscd batch plan 42 --stage rollback").Takes(batch, stage), async (session, parsed, cancellationToken) =>
            {
                var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
                var reply = await session.Api.GetAsync(Lists.Query($"batches/{id}/plan", ("stage", parsed.GetValue(stage))), cancellationToken);
                var plan = reply.As<BatchPlan>();
                await session.Printer.ListAsync(reply, plan.Operations, o => o.Application,
                    new("APPLICATION", o => o.Application), new("CLUSTER", o => o.Cluster),
                    new("WAVE", o => o.Wave?.ToString(CultureInfo.InvariantCulture)), new("ACTION", o => o.Action), new("RUNS NOW", o => o.Running),
                    new("WOULD RUN", o => o.Image ?? o.Revision), new("AFTER", o => string.Join(",", o.After)), new("STATUS", o => o.Status),
                    new("REASON", o => o.Reason));
                await SayWavesAsync(session, plan.Waves);
            });
    }

    /// <summary>How the waves stand, where there is more than one.</summary>
    private static async Task SayWavesAsync(Session session, IReadOnlyList<PlannedWave> waves)
    {
        foreach (var wave in waves.Count > 1 ? waves : [])
            if (wave.SoaksUntil is { } until)
                await session.SayAsync($"wave {wave.Wave}: {wave.State} until {Ages.Exact(until)}, after wave {wave.After}");
            else if (wave.After is { } before)
                await session.SayAsync($"wave {wave.Wave}: {wave.State}, after wave {before}");
            else
                await session.SayAsync($"wave {wave.Wave}: {wave.State}");
    }

    private static CliCommand Revert(CommandSet set)
    {
        var batch = Batches.Argument();
        var title = Options.Text("--title", "TEXT", "What the new batch is for (default: it names the batch that it reverts)", "-t");
        var number = Options.Text("--number", "NUMBER", "The number of the new batch (default: the service gives one)");
        return set.Runs(new CliCommand("revert", "Make a new batch that brings back what ran before an accepted one; it waits for approval",
            "devopscd batch revert 42", "devopscd batch revert 42 --title 'Back to the summer release'").Takes(batch, title, number),
            async (session, parsed, cancellationToken) =>
            {
                var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
                var reply = await session.Api.ChangeAsync(HttpMethod.Post, $"batches/{id}/revert",
                    new RevertBody { Title = parsed.GetValue(title), BatchNumber = parsed.GetValue(number) }, cancellationToken);
                var reverted = reply.As<BatchReverted>();
                await BatchPage.PrintAsync(session, reply, reverted.Batch);
                foreach (var left in reverted.Left)
                    await session.SayAsync($"not in it: {left.Application}: {left.Reason}");
            });
    }

    private static CliCommand Split(CommandSet set)
    {
        var batch = Batches.Argument();
        var applications = new Argument<string[]>("APP") { Description = "The applications that leave it", Arity = ArgumentArity.OneOrMore };
        var dependents = Options.Flag("--with-dependents", "Take along what depends on them in the batch");
        var title = Options.Text("--title", "TEXT", "What the new batch is for (default: it names the batch that they leave)", "-t");
        var number = Options.Text("--number", "NUMBER", "The number of the new batch (default: the service gives one)");
        return set.Runs(new CliCommand("split", "Move applications of a sealed batch into a new one; it waits for approval",
            "devopscd batch split 42 web-shop", "devopscd batch split 42 order-service --with-dependents")
            .Takes(batch, applications, dependents, title, number), async (session, parsed, cancellationToken) =>
        {
            var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
            var reply = await session.Api.ChangeAsync(HttpMethod.Post, $"batches/{id}/split", new SplitBody
            {
                Applications = parsed.GetValue(applications)!,
                WithDependents = parsed.GetValue(dependents) ? true : null,
                Title = parsed.GetValue(title),
                BatchNumber = parsed.GetValue(number)
            }, cancellationToken);
            await BatchPage.PrintAsync(session, reply, reply.As<BatchView>());
        });
    }

    private static CliCommand Unschedule(CommandSet set)
    {
        var batch = Batches.Argument();
        return set.Runs(new CliCommand("unschedule", "Withdraw a start that waits for its time", "devopscd batch unschedule 42").Takes(batch),
            async (session, parsed, cancellationToken) =>
            {
                var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
                await session.Api.ChangeAsync(HttpMethod.Delete, $"batches/{id}/scheduled-start", null, cancellationToken);
                await session.SayAsync($"nothing waits to start batch {id} any more");
            });
    }

    private static CliCommand Watch(CommandSet set)
    {
        var batch = Batches.Argument();
        var timeout = Durations.Option("--timeout", "2h", "How long to watch at most");
        var follow = Options.Flag("--follow", "Go on until the batch has ended, also while it waits for a person");
        return set.Runs(new CliCommand("watch", "Watch a batch until nothing in it goes on by itself", "devopscd batch watch 42",
            "devopscd batch watch 42 --follow --timeout 8h").Takes(batch, timeout, follow), async (session, parsed, cancellationToken) =>
        {
            var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
            return await new BatchWatch(session, id).RunAsync(parsed.GetValue(follow), parsed.GetValue(timeout), cancellationToken);
        });
    }
}
