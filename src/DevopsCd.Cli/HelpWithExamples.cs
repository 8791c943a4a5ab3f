using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using DevopsCd.Cli.Texts;

namespace DevopsCd.Cli;

/// <summary>The help of a command, and below it how it is used.</summary>
internal sealed class HelpWithExamples(HelpAction help, Words words) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        using var text = new StringWriter();
        parseResult.InvocationConfiguration.Output = text;
        help.MaxWidth = words.HelpWidth;
        var result = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        var command = parseResult.CommandResult.Command;
        // The library calls the program after its file, which people never see.
        var lines = text.ToString().Replace(RootCommand.ExecutableName, "devopscd", StringComparison.Ordinal).TrimEnd() + Environment.NewLine;
        if (command is CliCommand { Examples: { Count: > 0 } examples })
            lines += $"{Environment.NewLine}Examples:{Environment.NewLine}{string.Concat(examples.Select(example => $"  {example}{Environment.NewLine}"))}";
        output.Write(words.Help(lines, Descriptions(command)));
        return result;
    }

    /// <summary>Of the command, what it takes, what is below it, and the options that it has from above.</summary>
    private static HashSet<string> Descriptions(Command command) =>
    [
        .. Chain(command).SelectMany(one => one.Options.Where(option => one == command || option.Recursive)).Cast<Symbol>()
            .Concat(command.Arguments).Concat(command.Subcommands).Append(command).Select(symbol => symbol.Description).OfType<string>()
    ];

    private static IEnumerable<Command> Chain(Command command) => command.Parents.OfType<Command>().SelectMany(Chain).Prepend(command);
}
