using System.CommandLine;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>token</c>: secrets for programs.</summary>
internal static class TokenCommands
{
    public static Command All(CommandSet set) => new CliCommand("token", "API tokens, for programs").Has(Create(set), List(set), Revoke(set));

    private static CliCommand Create(CommandSet set)
    {
        var name = new Argument<string>("NAME") { Description = "What the token is for" };
        var permissions = Options.Texts("--permission", "PERMISSION", "Bound it to this permission");
        var projects = Options.Texts("--project", "NAME", "Bound it to this project");
        var days = new Option<int?>("--days") { Description = "For how many days it is valid", HelpName = "N" };
        return set.Runs(new CliCommand("create", "Make a token; it is written to standard output, once",
            "devopscd token create pipeline --permission build.report --days 30 >token.txt")
            .Takes(name, permissions, projects, days), async (session, parsed, cancellationToken) =>
        {
            var reply = await session.Api.ChangeAsync(HttpMethod.Post, "access/tokens", new NewToken
            {
                Name = parsed.GetValue(name)!,
                Permissions = parsed.GetValue(permissions) is { Length: > 0 } some ? some : null,
                Projects = parsed.GetValue(projects) is { Length: > 0 } named ? named : null,
                ExpiresInDays = parsed.GetValue(days)
            }, cancellationToken, isKeyed: false);
            var made = reply.As<NewTokenView>();
            if (session.Printer.Format is OutputFormat.Json or OutputFormat.Yaml)
                await session.Printer.BodyAsync(reply);
            else
                await session.Around.Out.WriteLineAsync(made.Token);
            await session.SayAsync($"token {made.Id} is valid until {Ages.Exact(made.ExpiresAt)}; it is not shown again");
        });
    }

    private static CliCommand List(CommandSet set) =>
        set.Runs(new CliCommand("list", "List tokens, newest first", "devopscd token list"), async (session, _, cancellationToken) =>
    {
        var reply = await session.Api.GetAsync("access/tokens", cancellationToken);
        await session.Printer.ListAsync(reply, reply.As<Page<TokenView>>().Items, t => t.Id,
            new("ID", t => t.Id), new("NAME", t => t.Name), new("OWNER", t => t.Owner),
                new("PERMISSIONS", t => t.Permissions is null ? "all" : string.Join(",", t.Permissions)),
            new("STATE", t => t.RevokedAt is not null ? "revoked" : t.ExpiresAt <= session.Clock.GetUtcNow() ? "expired" : "valid"),
                new("LAST USED", t => Ages.Of(t.LastUsedAt, session.Clock)),
            new("EXPIRES", t => Ages.Exact(t.ExpiresAt)), new("PROJECTS", t => t.Projects is null ? "all" : string.Join(",", t.Projects), IsWide: true));
    });

    private static CliCommand Revoke(CommandSet set)
    {
        var id = new Argument<string>("ID") { Description = "The token's id, the part between the two _" };
        return set.Runs(new CliCommand("revoke", "Revoke a token", "devopscd token revoke 0a1b2c3d4e5f").Takes(id),
            async (session, parsed, cancellationToken) =>
        {
            await session.Api.ChangeAsync(HttpMethod.Delete, $"access/tokens/{Uri.EscapeDataString(parsed.GetValue(id)!)}", null, cancellationToken);
            await session.SayAsync($"token {parsed.GetValue(id)} is revoked");
        });
    }
}
