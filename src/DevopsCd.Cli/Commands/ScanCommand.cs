using System.CommandLine;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>scan</c>: what the periodic scan would do, now.</summary>
internal static class ScanCommand
{
    public static Command Of(CommandSet set) =>
        set.Runs(new CliCommand("scan", "Do now what the periodic scan would do", "devopscd scan"), async (session, _, cancellationToken) =>
    {
        var reply = await session.Api.ChangeAsync(HttpMethod.Post, "scan", null, cancellationToken);
        var scan = reply.As<ScanView>();
        await session.Printer.FactsAsync(reply, "scan", ("Refreshed", Listed(scan.Refreshed)), ("Started", Listed(scan.Started)),
            ("Prepared", Listed(scan.Prepared)), ("Woken", Listed(scan.Woken)));
    });

    private static string Listed(IReadOnlyList<string> items) => items.Count == 0 ? "nothing" : string.Join(", ", items);
}
