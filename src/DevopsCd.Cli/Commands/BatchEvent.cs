using System.CommandLine;
using DevopsCd.Cli.Following;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;
using DevopsCd.Shared;

namespace DevopsCd.Cli.Commands;

/// <summary>A command that raises one event of a batch.</summary>
/// <param name="name">Of the command.</param>
/// <param name="key">Of the event, as it stands in the address.</param>
/// <param name="description">For the help.</param>
internal sealed class BatchEvent(string name, string key, string description)
{
    public bool NeedsReason { get; init; }

    /// <summary>A reason as somebody might give it, for the example.</summary>
    public string Because { get; init; } = "superseded by 43";

    /// <summary>What it does to production, for the question before it; null where it does nothing to it.</summary>
    public FormattableString? Production { get; init; }

    /// <summary>Whether it can leave production half changed.</summary>
    public bool Leaves { get; init; }

    /// <summary>Whether it can be asked to deploy everything, also what need not be.</summary>
    public bool HasAll { get; init; }

    /// <summary>Whether a stage begins by it: at once or at a time, perhaps in spite of a freeze.</summary>
    public bool Starts { get; init; }

    /// <summary>What can be waited for after it; null where nothing goes on.</summary>
    public StageWait? Stage { get; init; }

    public static Option<string?> Version() => Options.Text("--if-version", "N", "Refuse it when the batch has another version by now");

    public CliCommand Of(CommandSet set)
    {
        var batch = Batches.Argument();
        var version = Version();
        var reason = Options.Text("--reason", "TEXT", NeedsReason ? "Why; it is asked for where it is missing" : "Why, for the audit");
        var yes = Options.Flag("--yes", "Do not ask; needed without a terminal", "-y");
        var all = Options.Flag("--all", "Deploy every application, also those that run there already with the same image and settings");
        var leave = Options.Flag("--accept-moved", "Also while production runs a part of the batch: leave it as it is");
        var freeze = Options.Flag("--override-freeze", "Start although a freeze holds; takes a reason");
        var at = Options.Text("--not-before", "TIME", "Start at this time; what stands in the way is asked then");
        var until = Options.Text("--expires-at", "TIME", "Give a start at a later time up then");
        var wait = Options.Flag("--wait", "Wait for the result of the stage");
        var timeout = Durations.Option("--timeout", "30m", "How long to wait at most");
        var command = new CliCommand(name, description, Example()).Takes(batch, version, reason);
        if (Production is not null)
            command.Takes(yes);
        if (Leaves)
            command.Takes(leave);
        if (HasAll)
            command.Takes(all);
        if (Starts)
            command.Takes(freeze, at, until);
        if (Stage is not null)
            command.Takes(wait, timeout);
        return set.Runs(command, async (session, parsed, cancellationToken) =>
        {
            var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
            if (Production is not null)
                await session.ConfirmAsync(parsed.GetValue(yes), await QuestionAsync(session, id, Production, cancellationToken), cancellationToken);
            var why = NeedsReason ? await session.ReasonAsync(parsed.GetValue(reason), $"{name} it", cancellationToken) : parsed.GetValue(reason);
            var reply = await session.Api.ChangeAsync(HttpMethod.Post, $"batches/{id}/events/{key}", new RaiseEvent
            {
                Reason = why,
                AcceptMoved = Leaves && parsed.GetValue(leave) ? true : null,
                All = HasAll && parsed.GetValue(all) ? true : null,
                OverrideFreeze = Starts && parsed.GetValue(freeze) ? true : null,
                NotBefore = Starts ? Times.Of(parsed.GetValue(at), "--not-before") : null,
                ExpiresAt = Starts ? Times.Of(parsed.GetValue(until), "--expires-at") : null
            }, cancellationToken, parsed.GetValue(version));
            var accepted = reply.As<EventAccepted>();
            await session.Printer.FactsAsync(reply, $"{accepted.BatchId}", ("Event", accepted.Event), ("State", $"{accepted.FromName} -> {accepted.ToName}"),
                ("Version", $"{accepted.Version}"), ("Starts at", Ages.Exact(accepted.Scheduled?.NotBefore)),
                ("Approvals", accepted.Required is { } required ? $"{accepted.Votes} of {required}" : null));
            foreach (var missing in accepted.Missing ?? [])
                await session.SayAsync($"missing: {missing.Count} approval(s){(missing.Group is null ? (FormattableString)$"" : $" of {missing.Group}")}");
            foreach (var change in accepted.ChangesSinceApproval ?? [])
                await session.SayAsync($"changed since the approval: {change.Application}: {string.Join("; ", change.Changes)}");
            return Stage is { } stage && accepted.Scheduled is null && parsed.GetValue(wait)
                ? await new BatchWatch(session, id).WaitAsync(stage, accepted, parsed.GetValue(timeout), cancellationToken)
                : ExitCodes.Ok;
        });
    }

    private static async Task<FormattableString> QuestionAsync(Session session, long id, FormattableString what, CancellationToken cancellationToken)
    {
        if (!session.Around.IsInTerminal)
            return $"{what} batch {id}";
        var (_, batch) = await Batches.ReadAsync(session, id, cancellationToken);
        return $"{what} {batch.BatchNumber} '{batch.Title}' with {batch.Releases.Count} applications";
    }

    private string Example() => $"devopscd batch {name} 42"
        + (NeedsReason ? $" --reason '{Because}'" : "") + (Production is not null ? " --yes" : "") + (Stage is not null && !NeedsReason ? " --wait" : "");
}
