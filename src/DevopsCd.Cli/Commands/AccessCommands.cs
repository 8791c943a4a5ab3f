using System.CommandLine;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>access</c>: who may do what, and why.</summary>
internal static class AccessCommands
{
    private static readonly Argument<string> s_subject = new("SUBJECT") { Description = "Kind and name: user:, group:, token:, workload: or amqp:" };
    private static readonly Argument<string> s_role = new("ROLE") { Description = "The name of a role; access roles lists them" };
    private static readonly Option<string> s_project = Options.Needed("--project", "NAME", "The project, or * for all of them");

    public static Command All(CommandSet set) => new CliCommand("access", "Who may do what, and why")
        .Has(Roles(set), List(set), Grant(set), Revoke(set), Explain(set), Events(set));

    private static CliCommand Roles(CommandSet set) =>
        set.Runs(new CliCommand("roles", "List the roles with what they allow", "devopscd access roles"), async (session, _, cancellationToken) =>
        {
            var reply = await session.Api.GetAsync("access/roles", cancellationToken);
            await session.Printer.ListAsync(reply, reply.As<Page<RoleView>>().Items, r => r.Name,
                new("NAME", r => r.Name), new("FROM", r => r.Source), new("ALLOWS", r => string.Join(", ", r.Permissions)));
        });

    private static CliCommand List(CommandSet set)
    {
        var lists = new Lists();
        var subject = Options.Text("--subject", "KIND:NAME", "Of this subject only");
        var project = Options.Text("--project", "NAME", "In this project only; * for what is given in all of them");
        return set.Runs(new CliCommand("list", "List who has which role where", "devopscd access list --project shop")
            .Takes([subject, project, .. lists.Shared]), async (session, parsed, cancellationToken) =>
        {
            var (reply, items) = await lists.ReadAsync<BindingView>(session, parsed, "access/bindings", cancellationToken,
                ("subject", parsed.GetValue(subject)), ("project", parsed.GetValue(project)));
            await session.Printer.ListAsync(reply, items, Name,
                new("SUBJECT", b => b.Subject), new("ROLE", b => b.Role), new("PROJECT", b => b.Project), new("FROM", b => b.Source),
                new("BY", b => b.CreatedBy), new("SINCE", b => Ages.Of(b.CreatedAt, session.Clock)));
        });
    }

    private static CliCommand Grant(CommandSet set) =>
        set.Runs(new CliCommand("grant", "Give somebody a role", "devopscd access grant group:release-team approver --project shop")
            .Takes(s_subject, s_role, s_project), async (session, parsed, cancellationToken) =>
        {
            var reply = await session.Api.ChangeAsync(HttpMethod.Put, "access/bindings", new BindingBody
            {
                Subject = parsed.GetValue(s_subject)!,
                Role = parsed.GetValue(s_role)!,
                Project = parsed.GetValue(s_project)!
            }, cancellationToken);
            var binding = reply.As<BindingView>();
            await session.Printer.FactsAsync(reply, Name(binding), ("Subject", binding.Subject), ("Role", binding.Role), ("Project", binding.Project),
                ("Added", $"{Ages.Exact(binding.CreatedAt)} by {binding.CreatedBy}"));
        });

    private static CliCommand Revoke(CommandSet set) =>
        set.Runs(new CliCommand("revoke", "Take a role from somebody", "devopscd access revoke user:ann approver --project shop")
            .Takes(s_subject, s_role, s_project), async (session, parsed, cancellationToken) =>
        {
            var (subject, role, project) = (parsed.GetValue(s_subject), parsed.GetValue(s_role), parsed.GetValue(s_project));
            await session.Api.ChangeAsync(HttpMethod.Delete,
                Lists.Query("access/bindings", ("subject", subject), ("role", role), ("project", project)), null, cancellationToken);
            await session.SayAsync($"{subject} is no {role} in {project} any more");
        });

    private static CliCommand Explain(CommandSet set)
    {
        var subject = Options.Text("--subject", "KIND:NAME", "Whom to ask about (default: you)");
        var action = Options.Text("--action", "PERMISSION", "The permission (default: all)");
        var project = Options.Text("--project", "NAME", "The project (default: what concerns all)");
        return set.Runs(new CliCommand("explain", "Explain what somebody may do, and by what", "devopscd access explain --project shop",
            "devopscd access explain --subject user:ann --action deploy_prod --project shop").Takes(subject, action, project),
            async (session, parsed, cancellationToken) =>
            {
                var reply = await session.Api.GetAsync(Lists.Query("access/explain", ("subject", parsed.GetValue(subject)),
                    ("action", parsed.GetValue(action)), ("project", parsed.GetValue(project))), cancellationToken);
                await session.Printer.ListAsync(reply, reply.As<AccessExplanation>().Permissions, p => p.Permission,
                    new("PERMISSION", p => p.Permission), new("ALLOWED", p => p.Allowed ? "yes" : "no"),
                    new("BY", p => string.Join("; ", p.Bindings.Select(b => $"{b.Role} in {b.Project} as {b.Subject}"))),
                    new("GRANTED BY", p => p.GrantedBy is null ? null : p.GrantedBy.Count == 0 ? "the configuration" : string.Join(", ", p.GrantedBy)));
            });
    }

    private static CliCommand Events(CommandSet set)
    {
        var lists = new Lists();
        return set.Runs(new CliCommand("events", "List the audit of access, newest first", "devopscd access events --limit 20").Takes(lists.Shared),
            async (session, parsed, cancellationToken) =>
            {
                var (reply, items) = await lists.ReadAsync<AccessEventView>(session, parsed, "access/events", cancellationToken);
                await session.Printer.ListAsync(reply, items, e => $"{e.Id}",
                    new("AT", e => Ages.Exact(e.At)), new("EVENT", e => e.Event), new("SUBJECT", e => e.Subject), new("TARGET", e => e.Target),
                    new("PROJECT", e => e.Project), new("PERMISSION", e => e.Permission), new("ADDRESS", e => e.Address, IsWide: true));
            });
    }

    private static string Name(BindingView binding) => $"{binding.Subject} {binding.Role} {binding.Project}";
}
