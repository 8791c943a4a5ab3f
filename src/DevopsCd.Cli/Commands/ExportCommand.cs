using System.CommandLine;
using System.Text.Json.Nodes;
using DevopsCd.Cli.Declaring;
using DevopsCd.Cli.Output;

namespace DevopsCd.Cli.Commands;

/// <summary><c>export</c>: writes what the service has as <c>apply</c> reads it.</summary>
internal static class ExportCommand
{
    public static Command Of(CommandSet set)
    {
        var kinds = Options.Texts("--kind", string.Join('|', Kinds.All), "Only things of this kind (default: all that you may see)");
        kinds.AcceptOnlyFromAmong([.. Kinds.All]);
        return set.Runs(new CliCommand("export", "Write the projects, applications, bindings and freezes of the service in YAML, as apply reads them",
            "devopscd export >catalogue.yaml", "devopscd export --kind Application").Takes(kinds), async (session, parsed, cancellationToken) =>
        {
            var asked = parsed.GetValue(kinds) is { Length: > 0 } some ? some : null;
            var all = await Catalogue.ReadAsync(session, asked ?? await SeenAsync(session, cancellationToken), cancellationToken);
            foreach (var one in all.Where(one => !one.IsFixed))
            {
                var document = new JsonObject { ["kind"] = one.Kind };
                if (one.Kind != Kinds.Binding)
                    document["name"] = one.Name;
                foreach (var member in one.Body.Where(member => member.Value is not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 })))
                    document[member.Key] = member.Value!.DeepClone();
                await session.Around.Out.WriteAsync($"---\n{YamlText.Of(document.ToJsonString())}");
            }
        });
    }

    /// <summary>Bindings are for those who manage them; who does not is told so, and gets the others.</summary>
    private static async Task<IReadOnlyCollection<string>> SeenAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            await session.Api.GetAsync("access/bindings?limit=1", cancellationToken);
            return [.. Kinds.All];
        }
        catch (CliException denied) when (denied.ExitCode == ExitCodes.NotAllowed)
        {
            await session.SayAsync($"without the bindings, which you may not see");
            return [.. Kinds.All.Where(kind => kind != Kinds.Binding)];
        }
    }
}
