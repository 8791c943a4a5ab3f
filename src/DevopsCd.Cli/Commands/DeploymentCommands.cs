using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>deployment</c>: one operation, one application in one cluster.</summary>
internal static partial class DeploymentCommands
{
    public static Command All(CommandSet set)
    {
        var operation = new Argument<string>("OPERATION") { Description = "The operation's id, as batch show -o json and the deploy service have it" };
        return new CliCommand("deployment", "Operations: one application in one cluster").Has(
            set.Runs(new CliCommand("show", "Show an operation", "devopscd deployment show b42-web-shop-pre-1-0f3c9d0a12b4").Takes(operation),
                async (session, parsed, cancellationToken) =>
            {
                var id = parsed.GetValue(operation)!;
                if (BatchOf().Match(id) is not { Success: true } batch)
                    throw CliException.Usage($"'{id}' is no operation of this service; its id begins with b and the batch's id");
                var reply = await session.Api.GetAsync($"batches/{batch.Groups["id"].Value}", cancellationToken);
                var (application, found) = Find(reply, id);
                var shown = found.Deserialize<DeploymentView>(Reply.Json)!;
                await session.Printer.FactsAsync(reply with { Body = found.GetRawText() }, id,
                [
                    ("Operation", id), ("Application", application), ("Stage", shown.Stage), ("Cluster", shown.Cluster), ("Attempt", $"{shown.Attempt}"),
                        ("Status", shown.Status), ("Tries", $"{shown.Tries}"),
                    ("Image", shown.Image), ("Started", Ages.Exact(shown.StartedAt)), ("Finished", Ages.Exact(shown.FinishedAt)),
                        ("Deadline", Ages.Exact(shown.DeadlineAt)), ("Error", shown.Error),
                        ("Restarts", shown.Restarts > 0 ? $"{shown.Restarts} because of infrastructure" : null), .. CauseFacts(shown.Cause),
                    ("Note", shown.MayStillRun ? "it may still be at work in the cluster" : null)
                ]);
            }));
    }

    /// <summary>Why it has failed, a line for each event and each line of the log.</summary>
    private static IEnumerable<(string Title, string? Value)> CauseFacts(DeployCause? cause) => cause is null ? [] :
    [
        ("Cause", CauseText.Line(cause)), ("Seen", cause.Message),
        .. cause.Events.Select(e => ("Event", (string?)CauseText.Of(e))), .. cause.LastLines.Select(l => ("Log", (string?)l))
    ];

    private static (string Application, JsonElement Deployment) Find(Reply reply, string id)
    {
        foreach (var release in reply.As<JsonElement>().GetProperty("releases").EnumerateArray())
            foreach (var deployment in release.GetProperty("deployments").EnumerateArray())
                if (deployment.GetProperty("operationId").GetString() == id)
                    return (release.GetProperty("application").GetString()!, deployment);
        throw new CliException(ExitCodes.Failed, $"there is no operation '{id}'");
    }

    [GeneratedRegex("^b(?<id>[0-9]{1,18})-")]
    private static partial Regex BatchOf();
}
