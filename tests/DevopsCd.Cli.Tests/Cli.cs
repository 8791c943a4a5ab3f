
namespace DevopsCd.Cli.Tests;

/// <summary>The command line as a person or a script runs it, in this process: what it writes, and with what it ends.</summary>
internal sealed class Cli : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("devopscd-cli-").FullName;
    private readonly Dictionary<string, string> _variables = [];

    public Cli(Uri? server = null)
    {
        _variables["HOME"] = _home;
        if (server is not null)
            _variables["DEVOPSCD_SERVER"] = server.ToString();
    }

    public System.CommandLine.RootCommand Root { get; } = new CommandLine(new Surroundings
    {
        Out = TextWriter.Null,
        Error = TextWriter.Null,
        In = TextReader.Null,
        Variable = _ => null,
        IsOutTerminal = false,
        IsInTerminal = false,
        ReadSecret = () => null
    }).Root;

    public string ConfigPath => Path.Combine(_home, ".config", "devopscd", "config.yaml");

    /// <summary>What a person types, where one sits at a terminal; null where none does.</summary>
    public string? Typed { get; set; }

    /// <summary>What is piped into it.</summary>
    public string Input { get; set; } = "";

    public bool IsOutTerminal { get; set; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public Cli With(string variable, string value)
    {
        _variables[variable] = value;
        return this;
    }

    public Task<Run> RunAsync(params IReadOnlyList<string> arguments) => RunAsync(arguments, TestContext.Current.CancellationToken);

    public async Task<Run> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await new CommandLine(new Surroundings
        {
            Out = output,
            Error = TextWriter.Synchronized(error),
            In = new StringReader(Typed ?? Input),
            Variable = _variables.GetValueOrDefault,
            IsOutTerminal = IsOutTerminal,
            IsInTerminal = Typed is not null,
            ReadSecret = () => Typed?.Trim(),
            Clock = Clock
        }).RunAsync(arguments, cancellationToken);
        return new Run(exit, output.ToString(), error.ToString());
    }

    /// <summary>What it must do, or the test is over.</summary>
    public async Task<string> DoAsync(params IReadOnlyList<string> arguments)
    {
        var run = await RunAsync(arguments);
        run.Exit.ShouldBe(ExitCodes.Ok, $"devopscd {string.Join(' ', arguments)}: {run.Error}");
        return run.Out;
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    internal sealed record Run(int Exit, string Out, string Error);
}
