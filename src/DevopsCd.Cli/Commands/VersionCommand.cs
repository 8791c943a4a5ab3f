using System.CommandLine;
using DevopsCd.Shared;

namespace DevopsCd.Cli.Commands;

/// <summary><c>version</c>: of this command line.</summary>
internal static class VersionCommand
{
    public static Command Of(CommandSet set) =>
        set.Runs(new CliCommand("version", "Show the version of this command line", "devopscd version"), (session, _, _) =>
            session.Around.Out.WriteLineAsync(ProgramVersion.Text));
}
