using System.CommandLine;
using System.Net;
using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary><c>login</c>, <c>logout</c>, <c>whoami</c>: which service, and who one is there.</summary>
internal static class LoginCommands
{
    public static Command Login(CommandSet set)
    {
        var server = new Argument<string>("URL") { Description = "The address of the service" };
        var token = Options.Flag("--token", "Take an API token: it is asked for, or read from standard input");
        var file = Options.Text("--token-file", "FILE", "Take the API token from a file");
        var workload = Options.Flag("--workload", "Let the platform that runs this job vouch for it: GitHub Actions, GitLab, Kubernetes");
        var audience = Options.Text("--audience", "AUDIENCE", "With --workload: for whom its token is made (default: the address of the service)");
        var name = Options.Text("--name", "NAME", "What to call the context (default: the host of the address)");
        return set.Runs(new CliCommand("login", "Keep a service as a context and make it the current one; where it asks who you are, a browser says so",
            "devopscd login https://cd.example", "devopscd login https://cd.example --token <token.txt",
            "devopscd login https://cd.example --token-file token.txt --name live", "devopscd login https://cd.example --workload")
            .Takes(server, token, file, workload, audience, name), async (session, parsed, cancellationToken) =>
        {
            if (new[] { parsed.GetValue(token), parsed.GetValue(file) is not null, parsed.GetValue(workload) }.Count(way => way) > 1)
                throw CliException.Usage($"--token, --token-file and --workload are ways to log in: say one of them");
            var address = Session.Address(parsed.GetValue(server)!);
            var contexts = ContextFile.Read(session.Around);
            var context = new Context
            {
                Name = parsed.GetValue(name) ?? new Uri(address).Host,
                Server = address,
                Token = parsed.GetValue(file) is { } path ? await FromFileAsync(path, cancellationToken)
                    : parsed.GetValue(token) ? await FromInputAsync(session, cancellationToken)
                    : null,
                Audience = parsed.GetValue(workload) ? parsed.GetValue(audience) ?? address : null
            };
            // What does not work is not kept.
            var (caller, known) = await KnownAsync(session, context, cancellationToken);
            contexts.Put(known);
            contexts.Use(known.Name);
            contexts.Write();
            await session.SayAsync($"{caller.Subject} at {address}; context '{known.Name}' is in {contexts.Path}");
        });
    }

    /// <summary>Who one is there; where the service asks for it and a person sits here, they log in by a browser.</summary>
    private static async Task<(CallerView Caller, Context Known)> KnownAsync(Session session, Context context, CancellationToken cancellationToken)
    {
        try
        {
            return ((await session.Client(context).GetAsync("access/me", cancellationToken)).As<CallerView>(), context);
        }
        catch (CliException unknown) when (unknown.Problem?.Status == (int)HttpStatusCode.Unauthorized && context is { Token: null, Audience: null }
            && session.Around.IsInTerminal)
        {
            var token = await DeviceLogin.RunAsync(session, context, cancellationToken);
            await session.SayAsync($"the login is valid for {Ages.Length(TimeSpan.FromSeconds(token.ExpiresIn))}");
            var known = context with { Token = token.AccessToken, IsTokenOurs = true };
            return ((await session.Client(known).GetAsync("access/me", cancellationToken)).As<CallerView>(), known);
        }
    }

    public static Command Logout(CommandSet set)
    {
        var name = new Argument<string?>("CONTEXT") { Description = "The context to forget (default: the current one)", Arity = ArgumentArity.ZeroOrOne };
        return set.Runs(new CliCommand("logout", "Forget a context and its token; what a login has made is revoked", "devopscd logout", "devopscd logout live")
            .Takes(name), async (session, parsed, cancellationToken) =>
        {
            var contexts = ContextFile.Read(session.Around);
            var gone = parsed.GetValue(name) ?? contexts.Current ?? throw CliException.Usage($"no context is the current one");
            var context = contexts.Find(gone) ?? throw CliException.Usage($"there is no context '{gone}'");
            var isRevoked = context.IsTokenOurs && await RevokeAsync(session, context, cancellationToken);
            contexts.Remove(gone);
            contexts.Write();
            await session.SayAsync(context.Token is null || isRevoked ? (FormattableString)$"context '{gone}' is forgotten"
                : $"context '{gone}' is forgotten; its token still works until it is revoked: devopscd token revoke");
        });
    }

    /// <summary>Ends the token that a login has made; a service that cannot be reached, or has ended it, keeps nobody from logging out.</summary>
    private static async Task<bool> RevokeAsync(Session session, Context context, CancellationToken cancellationToken)
    {
        try
        {
            // The id of a token stands between the two _ of it.
            if (context.Token?.Split('_') is not [_, var id, ..])
                return false;
            await session.Client(context).ChangeAsync(HttpMethod.Delete, $"access/tokens/{Uri.EscapeDataString(id)}", null, cancellationToken);
            return true;
        }
        catch (CliException)
        {
            return false;
        }
    }

    public static Command WhoAmI(CommandSet set) =>
        set.Runs(new CliCommand("whoami", "Show who you are for the service", "devopscd whoami", "devopscd whoami -o name"),
        async (session, _, cancellationToken) =>
        {
            var reply = await session.Api.GetAsync("access/me", cancellationToken);
            var caller = reply.As<CallerView>();
            await session.Printer.FactsAsync(reply, caller.Subject,
                ("Subject", caller.Subject), ("Operator", caller.Operator), ("Groups", string.Join(", ", caller.Groups)), ("Server", session.Api.Server));
        });

    private static async Task<string> FromFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return Checked(await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"{path} cannot be read: {unread.Message}", unread);
        }
    }

    private static async Task<string> FromInputAsync(Session session, CancellationToken cancellationToken)
    {
        if (!session.Around.IsInTerminal)
            return Checked(await session.Around.In.ReadToEndAsync(cancellationToken));
        await session.Around.Error.WriteAsync(session.Around.Words.Say($"Token: "));
        return Checked(session.Around.ReadSecret());
    }

    private static string Checked(string? text) => text?.Trim() is { Length: > 0 } token && !token.Any(char.IsWhiteSpace) ? token
        : throw CliException.Usage($"there is no token in it");
}
