using System.CommandLine;
using System.Net;
using System.Text.Json;
using DevopsCd.Cli.Connecting;
using DevopsCd.Shared.Evidence;

namespace DevopsCd.Cli.Commands;

/// <summary><c>evidence</c>: what was decided and done about a batch, for people who need not believe the service.</summary>
internal static class EvidenceCommands
{
    public static Command All(CommandSet set) => new CliCommand("evidence", "What was decided and done about a batch, signed").Has(Get(set), Verify(set));

    private static CliCommand Get(CommandSet set)
    {
        var (batch, to) = (Batches.Argument(), Options.Text("--out", "FILE", "Where to write it (default: evidence-NUMBER.zip)"));
        return set.Runs(new CliCommand("get", "Get the evidence of a batch as a zip",
            "devopscd evidence get B20261124-001", "devopscd evidence get 42 --out 42.zip").Takes(batch, to), async (session, parsed, cancellationToken) =>
        {
            var id = await Batches.IdOfAsync(session, parsed.GetValue(batch)!, cancellationToken);
            var file = parsed.GetValue(to) ?? $"evidence-{(await Batches.ReadAsync(session, id, cancellationToken)).Batch.BatchNumber}.zip";
            var reply = await session.Api.GetAsync($"batches/{id}/evidence", cancellationToken);
            await WriteAsync(file, reply.Content, cancellationToken);
            await session.Around.Out.WriteLineAsync(file);
        });
    }

    private static CliCommand Verify(CommandSet set)
    {
        var file = new Argument<string>("FILE") { Description = "The zip" };
        var key = Options.Text("--key", "FILE", "The public key of the service, PEM; without it the one that came with the zip is taken");
        return set.Runs(new CliCommand("verify", "Check the evidence of a batch, without the service",
            "devopscd evidence verify evidence-B20261124-001.zip --key devopscd.pub").Takes(file, key), async (session, parsed, cancellationToken) =>
        {
            var statements = await CheckAsync(parsed.GetValue(file)!, parsed.GetValue(key), cancellationToken);
            await session.Printer.ListAsync(
                new Reply(HttpStatusCode.OK, JsonSerializer.Serialize(statements, Reply.Json), null), statements, s => s.Name,
                new("STATEMENT", s => s.Name), new("HOLDS", s => s.Holds ? "yes" : "no"), new("MEANING", s => s.Meaning));
            if (statements.SelectMany(s => s.Failures.Select(failure => $"{s.Name}: {failure}")).ToList() is { Count: > 0 } failures)
                throw new CliException(ExitCodes.Failed, $"{string.Join('\n', failures)}");
            if (parsed.GetValue(key) is null)
                await session.SayAsync($"the key came with the file: whose it is only the comparison with the service's own tells (--key)");
        });
    }

    private static async Task<IReadOnlyList<EvidenceStatement>> CheckAsync(string file, string? key, CancellationToken cancellationToken)
    {
        try
        {
            await using var zip = File.OpenRead(file);
            return EvidenceCheck.Of(zip, key is null ? null : await File.ReadAllTextAsync(key, cancellationToken));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"{unreadable.Message}");
        }
        catch (InvalidDataException strange)
        {
            throw new CliException(ExitCodes.Failed, $"{file} is no evidence: {strange.Message}", strange);
        }
        catch (ArgumentException wrong) when (key is not null)
        {
            throw CliException.Usage($"{key}: {wrong.Message}");
        }
    }

    private static async Task WriteAsync(string file, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            // Evidence that was kept is not overwritten by what the service says now.
            await using var written = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            await written.WriteAsync(content, cancellationToken);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(file))
                throw CliException.Usage($"{file} is there already; say --out FILE");
            throw CliException.Usage($"{unwritable.Message}");
        }
    }
}
