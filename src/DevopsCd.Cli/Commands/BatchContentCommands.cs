using System.CommandLine;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary>What is in a batch, until it is sealed: <c>batch edit</c>, <c>add</c>, <c>remove</c>, <c>diff</c>.</summary>
internal static class BatchContentCommands
{
    public static CliCommand Edit(CommandSet set)
    {
        var batch = Batches.Argument();
        var app = new Argument<string?>("APP") { Description = "The application in it; without one the batch itself", Arity = ArgumentArity.ZeroOrOne };
        var build = Options.Text("--build", "NUMBER", "Pin this build; an empty text follows the newest again");
        var branch = Options.Text("--branch", "BRANCH", "Follow this branch");
        var depends = Options.Texts("--depends-on", "APP", "The applications that are deployed before it");
        var title = Options.Text("--title", "TEXT", "What the batch is for", "-t");
        var project = Options.Text("--project", "NAME", "The project it belongs to");
        var version = BatchEvent.Version();
        return set.Runs(new CliCommand("edit", "Change a batch, or the build, the branch or the dependencies of an application in it",
            "devopscd batch edit 42 web-shop --build 128", "devopscd batch edit 42 web-shop --depends-on order-service",
            "devopscd batch edit 42 --title 'Autumn release'").Takes(batch, app, build, branch, depends, title, project, version),
            async (session, parsed, cancellationToken) =>
            {
                var application = parsed.GetValue(app);
                // What is said decides, also where it is an empty text.
                if (!(application is null ? new Option[] { title, project } : [build, branch, depends]).Any(option => parsed.GetResult(option) is not null))
                    throw CliException.Usage(
                        $"nothing to change: say --build, --branch or --depends-on with an application, --title or --project without one");
                var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
                var seen = parsed.GetValue(version);
                await PrintAsync(session, application is null
                    ? await session.Api.ChangeAsync(HttpMethod.Patch, $"batches/{id}",
                        new BatchChange { Title = parsed.GetValue(title), Project = parsed.GetValue(project) }, cancellationToken, seen)
                    : await session.Api.ChangeAsync(HttpMethod.Put, Path(id, application), new ReleaseChange
                    {
                        BuildNumber = parsed.GetValue(build),
                        Branch = parsed.GetValue(branch),
                        DependsOn = parsed.GetResult(depends) is null ? null : parsed.GetValue(depends)
                    }, cancellationToken, seen));
            });
    }

    public static CliCommand Add(CommandSet set)
    {
        var (batch, version) = (Batches.Argument(), BatchEvent.Version());
        var apps = new Argument<string[]>("APP")
        {
            Description = "An application, perhaps with a build to pin: APP, APP=BUILD or APP@BRANCH",
            Arity = ArgumentArity.OneOrMore
        };
        return set.Runs(new CliCommand("add", "Add applications to a batch", "devopscd batch add 42 web-shop order-service=17").Takes(batch, apps, version),
            async (session, parsed, cancellationToken) =>
            {
                var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
                await PrintAsync(session, await session.Api.ChangeAsync(HttpMethod.Post, $"batches/{id}/releases",
                    new NewReleases { Releases = [.. parsed.GetValue(apps)!.Select(ItemOf)] }, cancellationToken, parsed.GetValue(version)));
            });
    }

    public static CliCommand Remove(CommandSet set)
    {
        var (batch, version) = (Batches.Argument(), BatchEvent.Version());
        var app = new Argument<string>("APP") { Description = "The application in it" };
        return set.Runs(new CliCommand("remove", "Take an application out of a batch", "devopscd batch remove 42 web-shop").Takes(batch, app, version),
            async (session, parsed, cancellationToken) =>
            {
                var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
                await PrintAsync(session,
                    await session.Api.ChangeAsync(HttpMethod.Delete, Path(id, parsed.GetValue(app)!), null, cancellationToken, parsed.GetValue(version)));
            });
    }

    public static CliCommand Diff(CommandSet set)
    {
        var batch = Batches.Argument();
        return set.Runs(new CliCommand("diff", "Show what has changed in a batch since it was approved", "devopscd batch diff 42").Takes(batch),
            async (session, parsed, cancellationToken) =>
            {
                var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
                var (reply, view) = await Batches.ReadAsync(session, id, cancellationToken);
                var changes = reply.Part("changesSinceApproval", "[]");
                var lines = (view.ChangesSinceApproval ?? []).SelectMany(one => one.Changes.Select(change => (one.Application, Change: change))).ToList();
                await session.Printer.ListAsync(changes, lines, line => line.Application,
                    new("APPLICATION", line => line.Application), new("CHANGE", line => line.Change));
                if (view.ApprovedAt is null)
                    await session.SayAsync($"it is not approved yet");
                else if (lines.Count == 0)
                    await session.SayAsync(view.ContentChangedSinceApproval
                        ? (FormattableString)$"it has changed since the approval, and how is not known any more"
                        : $"nothing has changed since the approval");
            });
    }

    /// <summary><c>APP</c>, <c>APP=BUILD</c>, <c>APP@BRANCH</c>.</summary>
    public static ReleaseItem ItemOf(string text)
    {
        var at = text.IndexOfAny(['=', '@']);
        return at < 0 ? new ReleaseItem { Application = text }
            : text[at] == '=' ? new ReleaseItem { Application = text[..at], BuildNumber = text[(at + 1)..] }
            : new ReleaseItem { Application = text[..at], Branch = text[(at + 1)..] };
    }

    private static Task PrintAsync(Session session, Reply reply) => BatchPage.PrintAsync(session, reply, reply.As<BatchView>());

    private static string Path(long id, string application) => $"batches/{id}/releases/{Uri.EscapeDataString(application)}";
}
