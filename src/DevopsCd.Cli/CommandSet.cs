using System.CommandLine;

namespace DevopsCd.Cli;

/// <summary>Gives commands what they run with.</summary>
internal sealed class CommandSet(Surroundings around, SharedOptions shared)
{
    public CliCommand Runs(CliCommand command, Func<Session, ParseResult, CancellationToken, Task<int>> run)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var session = new Session(around, shared.Of(parsed));
            return await run(session, parsed, cancellationToken);
        });
        return command;
    }

    public CliCommand Runs(CliCommand command, Func<Session, ParseResult, CancellationToken, Task> run) =>
        Runs(command, async (session, parsed, cancellationToken) =>
    {
        await run(session, parsed, cancellationToken);
        return ExitCodes.Ok;
    });
}
