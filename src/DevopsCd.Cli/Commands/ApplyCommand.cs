using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Declaring;
using DevopsCd.Cli.Output;

namespace DevopsCd.Cli.Commands;

/// <summary><c>apply</c>: makes the service have what files declare.</summary>
internal static class ApplyCommand
{
    public static Command Of(CommandSet set)
    {
        var files = Options.Texts("--file", "FILE", "A file with documents, a folder with such files, or - for standard input", "-f");
        (files.Required, files.AllowMultipleArgumentsPerToken) = (true, true);
        var dry = Options.Flag("--dry-run", "Only show what would change");
        var prune = Options.Flag("--prune", "Also remove what is there and not declared, among the kinds that are; asks before it does");
        var yes = Options.Flag("--yes", "Do not ask; needed for --prune without a terminal", "-y");
        return set.Runs(new CliCommand("apply", "Make the service have the projects, applications, bindings and freezes that files declare",
            "devopscd apply -f catalogue/ --dry-run", "devopscd apply -f catalogue/ --prune --yes", "devopscd export | devopscd apply -f - --context other")
            .Takes(files, dry, prune, yes), async (session, parsed, cancellationToken) =>
        {
            var wanted = await DeclaredFiles.ReadAsync(session, parsed.GetValue(files)!, cancellationToken);
            var present = await Catalogue.ReadAsync(session, wanted.Select(one => one.Kind).ToHashSet(), cancellationToken);
            var steps = Plan.Of(wanted, present, parsed.GetValue(prune));
            var differences = steps.SelectMany(step => step.Differences).ToList();
            await PrintAsync(session, differences);
            var (created, changed, removed) = (Count(Difference.Create), Count(Difference.Change), Count(Difference.Remove));
            await session.SayAsync(steps.Count == 0 ? (FormattableString)$"{wanted.Count} declared, nothing to change"
                : $"{wanted.Count} declared: {created} new, {changed} changed, {removed} removed");
            if (parsed.GetValue(dry) || steps.Count == 0)
                return ExitCodes.Ok;
            if (removed > 0)
                await session.ConfirmAsync(parsed.GetValue(yes), $"Remove {removed} that are not declared", cancellationToken);
            return await new Applying(session).RunAsync(steps, cancellationToken);

            int Count(string action) => differences.Count(difference => difference.Action == action);
        });
    }

    private static async Task PrintAsync(Session session, IReadOnlyList<Difference> differences)
    {
        if (session.Printer.Format is OutputFormat.Json or OutputFormat.Yaml)
        {
            var shown = new JsonArray([.. differences.Select(difference => new JsonObject
            {
                ["action"] = difference.Action,
                ["what"] = difference.What,
                ["changes"] = new JsonArray([.. difference.Changes.Select(change => JsonValue.Create(change))])
            })]);
            await session.Printer.BodyAsync(new Reply(HttpStatusCode.OK, shown.ToJsonString(), null));
            return;
        }
        foreach (var difference in differences)
        {
            await session.Around.Out.WriteLineAsync(session.Printer.Format == OutputFormat.Name ? difference.What : $"{difference.Sign} {difference.What}");
            foreach (var change in session.Printer.Format == OutputFormat.Name ? [] : difference.Changes)
                await session.Around.Out.WriteLineAsync($"    {Printer.Flat(change)}");
        }
    }
}
