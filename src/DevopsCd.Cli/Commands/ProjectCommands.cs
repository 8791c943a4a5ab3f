using System.CommandLine;
using System.Text.Json;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>project</c>: what each project asks of its releases.</summary>
internal static class ProjectCommands
{
    private static readonly Argument<string> s_name = new("NAME") { Description = "The name of the project" };

    public static Command All(CommandSet set) => new CliCommand("project", "Projects, and what each asks of its releases")
        .Has(List(set), Show(set), Set(set), Remove(set));

    private static CliCommand List(CommandSet set) =>
        set.Runs(new CliCommand("list", "List projects by name", "devopscd project list", "devopscd project list -o name"),
            async (session, _, cancellationToken) =>
            {
                var reply = await session.Api.GetAsync("projects", cancellationToken);
                await session.Printer.ListAsync(reply, reply.As<Page<ProjectView>>().Items, p => p.Name,
                    new("NAME", p => p.Name), new("APPROVALS", p => Approvals(p.Effective.Approvals)),
                    new("PROD APPROVALS", p => Approvals(p.Effective.ProdApprovals)),
                    new("PRE BY ITSELF", p => p.Effective.AutomaticPreDeploy == false ? "no" : "yes"), new("BY", p => p.UpdatedBy),
                    new("CHANGED", p => Ages.Of(p.UpdatedAt, session.Clock)), new("AT ONCE", p => $"{p.Effective.ConcurrentApps}", IsWide: true),
                    new("APP TIMEOUT", p => p.Effective.SingleAppTimeout, IsWide: true),
                    new("BATCH TIMEOUT", p => p.Effective.BatchTimeout, IsWide: true));
            });

    private static CliCommand Show(CommandSet set) =>
        set.Runs(new CliCommand("show", "Show a project with its policy as it counts", "devopscd project show shop", "devopscd project show shop -o json")
            .Takes(s_name), async (session, parsed, cancellationToken) =>
            await PrintAsync(session, await session.Api.GetAsync(Path(parsed), cancellationToken)));

    private static CliCommand Set(CommandSet set)
    {
        var policy = Options.Text("--policy", "JSON", "The whole policy; what it leaves out has its default", "-p");
        var file = Options.Text("--file", "FILE", "The policy from a file; - for standard input", "-f");
        var version = Options.Text("--if-version", "ETAG", "Refuse it when the project has another ETag by now");
        return set.Runs(new CliCommand("set", "Create a project, or set its policy", "devopscd project set shop",
            """devopscd project set shop --policy '{"approvals":{"required":2},"prodApprovals":{"required":1}}'""").Takes(s_name, policy, file, version),
            async (session, parsed, cancellationToken) =>
            {
                var text = parsed.GetValue(file) is { } from ? await ApiCommand.ReadAsync(session, from, cancellationToken)
                    : parsed.GetValue(policy) ?? "{}";
                await PrintAsync(session,
                    await session.Api.ChangeAsync(HttpMethod.Put, Path(parsed), Checked(text), cancellationToken, parsed.GetValue(version)));
            });
    }

    private static CliCommand Remove(CommandSet set) =>
        set.Runs(new CliCommand("remove", "Remove a project that nothing belongs to", "devopscd project remove shop").Takes(s_name),
            async (session, parsed, cancellationToken) =>
            {
                await session.Api.ChangeAsync(HttpMethod.Delete, Path(parsed), null, cancellationToken);
                await session.SayAsync($"{parsed.GetValue(s_name)} is removed");
            });

    private static async Task PrintAsync(Session session, Reply reply)
    {
        var project = reply.As<ProjectView>();
        var policy = project.Effective;
        await session.Printer.FactsAsync(reply, project.Name,
            ("Name", project.Name), ("Approvals", Approvals(policy.Approvals)), ("Production", Approvals(policy.ProdApprovals)),
            ("Pre-production", policy.AutomaticPreDeploy == false ? "a person starts it" : "starts by itself"), ("At once", $"{policy.ConcurrentApps}"),
            ("App timeout", policy.SingleAppTimeout), ("Batch timeout", policy.BatchTimeout), ("Soak", policy.Soak),
            ("Channels", string.Join(", ", policy.Channels ?? [])),
            ("Set", project.UpdatedAt is null ? null : $"{Ages.Exact(project.UpdatedAt)} by {project.UpdatedBy}"));
    }

    private static string? Approvals(ApprovalPolicyBody? approvals) => approvals is null ? null
        : $"{approvals.Required}{string.Concat((approvals.Groups ?? new Dictionary<string, int>()).Select(group => $", {group.Value} of {group.Key}"))}";

    private static string Checked(string text)
    {
        try
        {
            using (JsonDocument.Parse(text))
                return text;
        }
        catch (JsonException wrong)
        {
            throw CliException.Usage($"the policy is no JSON: {wrong.Message}");
        }
    }

    private static string Path(ParseResult parsed) => $"projects/{Uri.EscapeDataString(parsed.GetValue(s_name)!)}";
}
