using System.CommandLine;

namespace DevopsCd.Cli;

/// <summary>A command with examples of its use.</summary>
internal sealed class CliCommand : Command
{
    public CliCommand(string name, string description, params IReadOnlyList<string> examples)
        : base(name, description) => Examples = examples;

    public IReadOnlyList<string> Examples { get; }

    public CliCommand Takes(params ReadOnlySpan<Symbol> symbols)
    {
        foreach (var symbol in symbols)
            if (symbol is Option option)
                Add(option);
            else
                Add((Argument)symbol);
        return this;
    }

    public CliCommand Has(params ReadOnlySpan<Command> commands)
    {
        foreach (var command in commands)
            Add(command);
        return this;
    }
}
