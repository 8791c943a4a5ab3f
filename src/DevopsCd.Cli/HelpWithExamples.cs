using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace DevopsCd.Cli;

/// <summary>The help of a command, and below it how it is used.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        using var text = new StringWriter();
        parseResult.InvocationConfiguration.Output = text;
        help.MaxWidth = 120;
        var result = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        // The library calls the program after its file, which people never see.
        output.Write(text.ToString().Replace(RootCommand.ExecutableName, "devopscd", StringComparison.Ordinal).TrimEnd() + Environment.NewLine);
        if (parseResult.CommandResult.Command is CliCommand { Examples: { Count: > 0 } examples })
        {
            output.WriteLine();
            output.WriteLine("Examples:");
            foreach (var example in examples)
                output.WriteLine($"  {example}");
        }
        return result;
    }
}
