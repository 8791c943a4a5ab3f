using System.CommandLine;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;

namespace DevopsCd.Cli.Commands;

/// <summary><c>context</c>: the services one works with.</summary>
internal static class ContextCommands
{
    public static Command All(CommandSet set)
    {
        var name = new Argument<string>("NAME") { Description = "The context" };
        return new CliCommand("context", "The services you work with").Has(
            set.Runs(new CliCommand("list", "List the contexts; the current one has a star", "devopscd context list"), async (session, _, _) =>
            {
                var contexts = ContextFile.Read(session.Around);
                var shown = contexts.Contexts.OrderBy(c => c.Name, StringComparer.Ordinal).ToList();
                if (session.Printer.Format == OutputFormat.Name)
                    foreach (var context in shown)
                        await session.Around.Out.WriteLineAsync(context.Name);
                else
                    await session.Printer.TableAsync(shown,
                        new("CURRENT", c => c.Name == contexts.Current ? "*" : ""), new Column<Context>("NAME", c => c.Name), new("SERVER", c => c.Server),
                            new("TOKEN", c => c.Audience is not null ? "of the job" : c.Token is null ? "no" : "yes"));
            }),
            set.Runs(new CliCommand("use", "Make a context the current one", "devopscd context use live").Takes(name), async (session, parsed, _) =>
            {
                var contexts = ContextFile.Read(session.Around);
                var wanted = parsed.GetValue(name)!;
                if (contexts.Find(wanted) is null)
                    throw CliException.Usage($"there is no context '{wanted}'; known: {string.Join(", ", contexts.Contexts.Select(c => c.Name))}");
                contexts.Use(wanted);
                contexts.Write();
                await session.SayAsync($"context '{wanted}' is the current one");
            }));
    }
}
