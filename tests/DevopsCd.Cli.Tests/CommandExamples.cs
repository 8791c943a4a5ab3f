using System.CommandLine;
using System.Text.RegularExpressions;

namespace DevopsCd.Cli.Tests;

/// <summary>The examples of the commands' help, as a shell takes them apart.</summary>
internal static partial class CommandExamples
{
    /// <summary>Commands that talk to no service, or to one that they name.</summary>
    private static readonly string[] s_alone = ["login", "logout", "context", "completion", "version", "evidence verify"];

    /// <summary>One example of each command that asks a service, without those that a shell has to do more for.</summary>
    public static IEnumerable<string[]> OfTheService(Command root) =>
        from command in All(root).OfType<CliCommand>()
        let name = CommandLine.Name(command).Split(' ', 2)[1]
        where command.Subcommands.Count == 0 && !s_alone.Any(alone => $"{name} ".StartsWith($"{alone} ", StringComparison.Ordinal))
        select Words(command.Examples[0]);

    private static string[] Words(string line) => [.. Word().Matches(line.Split(" >")[0]).Skip(1).Select(word => Quotes().Replace(word.Value, ""))];

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    [GeneratedRegex("""(?:[^\s'"]+|'[^']*'|"[^"]*")+""")]
    private static partial Regex Word();

    [GeneratedRegex("""['"]""")]
    private static partial Regex Quotes();
}
