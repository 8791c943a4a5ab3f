using System.CommandLine;
using DevopsCd.Cli.Output;
using DevopsCd.Shared;

namespace DevopsCd.Cli;

/// <summary>The options that every command knows.</summary>
internal sealed class SharedOptions
{
    private static readonly string[] s_formats = [.. Enum.GetNames<OutputFormat>().Select(name => name.ToLowerInvariant())];

    private readonly Option<string?> _server = Options.Text("--server", "URL", "The address of the service, instead of a context's");
    private readonly Option<string?> _context = Options.Text("--context", "NAME", "The context to use, instead of the current one");
    private readonly Option<string?> _operator = Options.Text("--operator", "NAME", "Who you are, where the service knows nobody by a login");
    private readonly Option<OutputFormat> _output = new("--output", "-o")
    {
        Description = "How data is written",
        HelpName = string.Join('|', s_formats),
        CustomParser = result =>
        {
            var index = Array.IndexOf(s_formats, result.Tokens[0].Value);
            if (index < 0)
                result.AddError($"'{result.Tokens[0].Value}' is no form of output; known: {string.Join(", ", s_formats)}");
            return (OutputFormat)Math.Max(index, 0);
        }
    };
    private readonly Option<string?> _key = Options.Text("--idempotency-key", "KEY", "Do it once under this key, however often the command is run");
    private readonly Option<Duration> _retry = Durations.Option("--retry-for", "30s", "How long to try again while the service cannot be reached");

    public SharedOptions()
    {
        foreach (var option in All)
            option.Recursive = true;
        _output.CompletionSources.Clear();
        _output.CompletionSources.Add(s_formats);
    }

    public IEnumerable<Option> All => [_output, _server, _context, _operator, _key, _retry];

    public Values Of(ParseResult parsed) => new(
        parsed.GetValue(_server), parsed.GetValue(_context), parsed.GetValue(_operator), parsed.GetValue(_output), parsed.GetValue(_key),
            parsed.GetValue(_retry));

    internal sealed record Values(string? Server, string? Context, string? Operator, OutputFormat Format, string? Key, TimeSpan Patience);
}
