using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using DevopsCd.Cli.Commands;

namespace DevopsCd.Cli;

/// <summary>All commands, and what becomes of their end: an exit code, and on standard error why.</summary>
internal sealed class CommandLine(Surroundings around)
{
    private static readonly ParserConfiguration s_parser = new() { ResponseFileTokenReplacer = null };

    public RootCommand Root { get; } = Build(around);

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        var parsed = Root.Parse(arguments, s_parser);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var wrong in WrongCommandLine.Of(parsed))
                await around.Error.WriteLineAsync(around.Words.Say(wrong));
            await around.Error.WriteLineAsync(around.Words.Say($"See '{Name(parsed.CommandResult.Command)} --help'."));
            return ExitCodes.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = around.Out,
                    Error = around.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = TimeSpan.FromSeconds(5)
                },
                cancellationToken);
        }
        catch (CliException failed)
        {
            await around.Error.WriteLineAsync(around.Words.Say(failed.Text));
            return failed.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await around.Error.WriteLineAsync(around.Words.Say($"interrupted; what the service has begun goes on"));
            return ExitCodes.Interrupted;
        }
        finally
        {
            await around.Out.FlushAsync(CancellationToken.None);
        }
    }

    private static RootCommand Build(Surroundings around)
    {
        var shared = new SharedOptions();
        var set = new CommandSet(around, shared);
        var root = new RootCommand("DevopsCd on the command line: batches of applications, from their creation to their acceptance.");
        foreach (var option in shared.All)
            root.Add(option);
        foreach (var command in (Command[])
            [
                LoginCommands.Login(set), LoginCommands.Logout(set), LoginCommands.WhoAmI(set), ContextCommands.All(set), BatchCommands.All(set),
                ApplicationCommands.All(set), BuildCommands.All(set), DeploymentCommands.All(set), ProjectCommands.All(set), AccessCommands.All(set),
                TokenCommands.All(set), FreezeCommands.All(set), ApplyCommand.Of(set), ExportCommand.Of(set), ParkedCommands.All(set),
                NotifyCommands.All(set), EvidenceCommands.All(set), ScanCommand.Of(set), ApiCommand.Of(set), CompletionCommand.Of(set), VersionCommand.Of(set)
            ])
            root.Add(command);
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = new HelpWithExamples((HelpAction)option.Action!, around.Words);
        foreach (var option in root.Options.OfType<VersionOption>().ToList())
            root.Options.Remove(option);
        return root;
    }

    public static string Name(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "devopscd" : $"{Name(parent)} {command.Name}";
    }
}
