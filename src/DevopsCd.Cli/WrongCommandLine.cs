using System.CommandLine;
using System.CommandLine.Parsing;
using DevopsCd.Shared;

namespace DevopsCd.Cli;

/// <summary>Says what is missing in a command line, or unknown, by its name.</summary>
internal static class WrongCommandLine
{
    public static IReadOnlyList<FormattableString> Of(ParseResult parsed) =>
        // What follows an unknown word is understood no better.
        parsed.UnmatchedTokens is [var unknown, ..] ? [Unknown(unknown, parsed.CommandResult.Command)]
        : [.. parsed.Errors.SelectMany(Of).DistinctBy(said => FormattableString.Invariant(said))];

    private static IEnumerable<FormattableString> Of(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Implicit: true, Option: var option } => [Missing(option.Name)],
        OptionResult { Tokens.Count: 0, Option: var option } => [$"{option.Name} takes a value"],
        ArgumentResult { Tokens.Count: 0, Parent: OptionResult { Option: var option } } => [$"{option.Name} takes a value"],
        ArgumentResult { Tokens.Count: 0, Argument: var argument } => [Missing(argument.HelpName ?? argument.Name)],
        CommandResult { Command: { Action: null, Subcommands.Count: > 0 } command } => [$"say which: {string.Join(", ", Names(command))}"],
        _ => [$"{error.Message}"]
    };

    private static FormattableString Missing(string name) => $"{name} is missing";

    private static FormattableString Unknown(string word, Command command)
    {
        var known = word.StartsWith('-') ? Options(command) : Names(command);
        return NearestName.Of(word, known) is { } near ? $"'{word}' is not known here; did you mean {near}?" : (FormattableString)$"'{word}' is not known here";
    }

    private static IEnumerable<string> Names(Command command) => command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name);

    private static IEnumerable<string> Options(Command command) => command.Options.Select(option => option.Name)
        .Concat(command.Parents.OfType<Command>().SelectMany(Options));
}
