using System.CommandLine;
using System.Globalization;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>batch gates</c> and <c>batch gate</c>: what has to pass before a batch goes on.</summary>
internal static class GateCommands
{
    private static readonly Argument<string> s_gate = new("GATE") { Description = "The name of the gate, or its number as `batch gates` shows it" };

    public static CliCommand List(CommandSet set)
    {
        var batch = Batches.Argument();
        return set.Runs(new CliCommand("gates", "List the gates of a batch, with their results", "devopscd batch gates 42").Takes(batch),
            async (session, parsed, cancellationToken) =>
            {
                var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
                var reply = await session.Api.GetAsync($"batches/{id}/gates", cancellationToken);
                await session.Printer.ListAsync(reply, reply.As<Page<GateView>>().Items, g => $"{g.Id}",
                    new("ID", g => $"{g.Id}"), new("GATE", g => g.Name), new("AT", g => g.At), new("KIND", g => g.Kind), new("STATUS", g => g.Status),
                    new("COUNTS", g => g.Current ? "yes" : "no"), new("BY", g => g.DecidedBy), new("REASON", g => g.Reason),
                    new("PROJECT", g => g.Project, IsWide: true), new("ATTEMPT", g => $"{g.Attempt}", IsWide: true),
                    new("DEADLINE", g => Ages.Exact(g.DeadlineAt), IsWide: true));
            });
    }

    public static Command All(CommandSet set) => new CliCommand("gate", "Decide a gate of a batch").Has(
        Verb(set, "pass", "Say that a gate has passed", "result", isReasonNeeded: false, reason => new GateResultBody { Result = "passed", Reason = reason }),
        Verb(set, "fail", "Say that a gate has failed", "result", isReasonNeeded: true, reason => new GateResultBody { Result = "failed", Reason = reason }),
        Verb(set, "override", "Let pass what a gate holds, although it has not passed", "override", isReasonNeeded: true,
            reason => new GateOverrideBody { Reason = reason! }),
        Verb(set, "retry", "Ask a decided gate once more", "retry", isReasonNeeded: null, _ => null));

    /// <param name="set">Where it belongs.</param>
    /// <param name="name">The verb.</param>
    /// <param name="meaning">What it does.</param>
    /// <param name="path">The end of the address.</param>
    /// <param name="isReasonNeeded">Whether it takes a reason; null where it takes none.</param>
    /// <param name="body">What is sent.</param>
    private static CliCommand Verb(CommandSet set, string name, string meaning, string path, bool? isReasonNeeded, Func<string?, object?> body)
    {
        var batch = Batches.Argument();
        Option<string?> reason = Options.Text("--reason", "TEXT", "Why");
        reason.Required = isReasonNeeded == true;
        var example = $"devopscd batch gate {name} 42 load-test{(isReasonNeeded == true ? " --reason 'seen by hand'" : "")}";
        return set.Runs(new CliCommand(name, meaning, example).Takes(isReasonNeeded is null ? [batch, s_gate] : [batch, s_gate, reason]),
            async (session, parsed, cancellationToken) =>
            {
                var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
                var gate = await FindAsync(session, id, parsed.GetValue(s_gate)!, cancellationToken);
                var said = isReasonNeeded is null ? null : parsed.GetValue(reason);
                var reply = await session.Api.ChangeAsync(HttpMethod.Post, $"gates/{gate}/{path}", body(said), cancellationToken);
                var view = reply.As<GateView>();
                await session.Printer.FactsAsync(reply, $"{view.Id}", ("Gate", view.Name), ("At", view.At), ("Kind", view.Kind), ("Status", view.Status),
                    ("By", view.DecidedBy), ("Reason", view.Reason));
            });
    }

    /// <summary>By its number, or by its name among those that count now.</summary>
    private static async Task<long> FindAsync(Session session, long batch, string gate, CancellationToken cancellationToken)
    {
        if (long.TryParse(gate, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        var gates = (await session.Api.GetAsync($"batches/{batch}/gates", cancellationToken)).As<Page<GateView>>().Items;
        var named = gates.Where(g => g.Name == gate && g is { Id: not null, Current: true }).ToList();
        return named switch
        {
            [var one] => one.Id!.Value,
            [] => throw CliException.Usage($"batch {batch} has no gate '{gate}' that was asked and counts now; 'devopscd batch gates {batch}' lists them"),
            _ => throw CliException.Usage($"batch {batch} has several gates '{gate}': {string.Join(", ", named.Select(g => $"{g.Id} {g.At}"))}; say the number")
        };
    }
}
