using System.CommandLine;
using DevopsCd.Cli.Connecting;
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
        var name = Options.Text("--name", "NAME", "What to call the context (default: the host of the address)");
        return set.Runs(new CliCommand("login", "Keep a service as a context and make it the current one",
            "devopscd login http://127.0.0.1:5080", "devopscd login https://cd.example --token <token.txt",
                "devopscd login https://cd.example --token-file token.txt --name live")
            .Takes(server, token, file, name), async (session, parsed, cancellationToken) =>
        {
            var address = Session.Address(parsed.GetValue(server)!);
            var contexts = ContextFile.Read(session.Around);
            var secret = parsed.GetValue(file) is { } path ? await FromFileAsync(path, cancellationToken)
                : parsed.GetValue(token) ? await FromInputAsync(session, cancellationToken)
                : null;
            var context = new Context { Name = parsed.GetValue(name) ?? new Uri(address).Host, Server = address, Token = secret };
            // What does not work is not kept.
            var caller = (await session.Client(context).GetAsync("access/me", cancellationToken)).As<CallerView>();
            contexts.Put(context);
            contexts.Use(context.Name);
            contexts.Write();
            await session.SayAsync($"{caller.Subject} at {address}; context '{context.Name}' is in {contexts.Path}");
        });
    }

    public static Command Logout(CommandSet set)
    {
        var name = new Argument<string?>("CONTEXT") { Description = "The context to forget (default: the current one)", Arity = ArgumentArity.ZeroOrOne };
        return set.Runs(new CliCommand("logout", "Forget a context and its token", "devopscd logout", "devopscd logout live").Takes(name),
            async (session, parsed, _) =>
        {
            var contexts = ContextFile.Read(session.Around);
            var gone = parsed.GetValue(name) ?? contexts.Current ?? throw CliException.Usage("no context is the current one");
            if (!contexts.Remove(gone))
                throw CliException.Usage($"there is no context '{gone}'");
            contexts.Write();
            await session.SayAsync($"context '{gone}' is forgotten; its token, where it had one, still works until it is revoked: devopscd token revoke");
        });
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
        await session.Around.Error.WriteAsync("Token: ");
        return Checked(session.Around.ReadSecret());
    }

    private static string Checked(string? text) => text?.Trim() is { Length: > 0 } token && !token.Any(char.IsWhiteSpace) ? token
        : throw CliException.Usage("there is no token in it");
}
