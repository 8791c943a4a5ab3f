using System.CommandLine;
using System.Text.Json.Nodes;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>build</c>: what pipelines report, and what is known.</summary>
internal static class BuildCommands
{
    public static Command All(CommandSet set) => new CliCommand("build", "Builds of applications").Has(Report(set), List(set));

    private static CliCommand Report(CommandSet set)
    {
        var application = Options.Needed("--app", "APP", "The name of the application");
        var number = Options.Needed("--number", "NUMBER", "The CI system's number of the build");
        var branch = Options.Needed("--branch", "BRANCH", "The branch it was built from");
        var commit = Options.Needed("--commit", "SHA", "The commit it was built from");
        var image = Options.Needed("--image", "IMAGE", "The image with its tag, and with its digest where it is known");
        var status = Options.Text("--status", "STATUS", "running, success, failed or cancelled (default: success)");
        var attempt = new Option<int?>("--attempt") { Description = "The count of runs under this number, from 1", HelpName = "N" };
        var link = Options.Text("--link", "URL", "Where a person can look at the build");
        var message = Options.Text("--message", "TEXT", "The message of the commit");
        var author = Options.Text("--author", "NAME", "The author of the commit");
        var source = Options.Text("--source", "NAME", "The system that reports");
        var finished = new Option<DateTimeOffset?>("--finished-at") { Description = "When the build was finished (default: now)", HelpName = "TIME" };
        return set.Runs(new CliCommand("report", "Report a build",
            "devopscd build report --app web-shop --number 128 --branch main --commit \"$(git rev-parse HEAD)\" --image registry.example/web-shop:1.4.0")
            .Takes(application, number, branch, commit, image, status, attempt, link, message, author, source, finished),
                async (session, parsed, cancellationToken) =>
        {
            var (name, tag, digest) = Parts(parsed.GetValue(image)!);
            var reply = await session.Api.ChangeAsync(HttpMethod.Post, "builds", new JsonObject
            {
                ["application"] = parsed.GetValue(application),
                ["buildNumber"] = parsed.GetValue(number),
                ["attempt"] = parsed.GetValue(attempt),
                ["branch"] = parsed.GetValue(branch),
                ["commitId"] = parsed.GetValue(commit),
                ["commitMessage"] = parsed.GetValue(message),
                ["commitAuthor"] = parsed.GetValue(author),
                ["imageName"] = name,
                ["imageTag"] = tag,
                ["imageDigest"] = digest,
                ["status"] = parsed.GetValue(status) ?? "success",
                ["source"] = parsed.GetValue(source),
                ["link"] = parsed.GetValue(link),
                ["finishedAt"] = parsed.GetValue(finished) ?? (parsed.GetValue(status) == "running" ? null : session.Clock.GetUtcNow())
            }, cancellationToken);
            var taken = reply.As<BuildTaken>();
            foreach (var note in taken.Notes)
                await session.SayAsync($"{note}");
            await session.Printer.FactsAsync(reply, $"{taken.Id}",
                ("Build", $"{taken.BuildNumber} ({taken.Id})"), ("Known", taken.Known ? "yes, nothing has changed" : null),
                    ("Application", taken.Matched ? null : "not in the catalogue"));
        });
    }

    private static CliCommand List(CommandSet set)
    {
        var lists = new Lists();
        var application = Options.Text("--app", "APP", "Of this application");
        var branch = Options.Text("--branch", "BRANCH", "Of this branch");
        return set.Runs(new CliCommand("list", "List builds, newest first", "devopscd build list --app web-shop --branch main")
            .Takes([application, branch, .. lists.Shared]), async (session, parsed, cancellationToken) =>
        {
            var (reply, items) = await lists.ReadAsync<BuildView>(session, parsed, "builds", cancellationToken, ("app", parsed.GetValue(application)),
                ("branch", parsed.GetValue(branch)));
            await session.Printer.ListAsync(reply, items, b => $"{b.Id}",
                new("ID", b => $"{b.Id}"), new("APPLICATION", b => b.Application), new("BUILD", b => b.BuildNumber), new("BRANCH", b => b.Branch),
                    new("STATUS", b => $"{b.Status}".ToLowerInvariant()),
                new("TAG", b => b.ImageTag), new("COMMIT", b => b.CommitId.Length > 10 ? b.CommitId[..10] : b.CommitId),
                    new("AGE", b => Ages.Of(b.FinishedAt ?? b.ReceivedAt, session.Clock)),
                new("IMAGE", b => b.ImageName, IsWide: true), new("DIGEST", b => b.ImageDigest, IsWide: true),
                    new("AUTHOR", b => b.CommitAuthor, IsWide: true));
        });
    }

    /// <summary>An image reference taken apart; the host's port is no tag.</summary>
    internal static (string Name, string Tag, string? Digest) Parts(string image)
    {
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var (rest, digest) = at < 0 ? (image, null) : (image[..at], image[(at + 1)..]);
        var colon = rest.LastIndexOf(':');
        return colon > rest.LastIndexOf('/') ? (rest[..colon], rest[(colon + 1)..], digest) : throw CliException.Usage($"--image '{image}' has no tag");
    }
}
