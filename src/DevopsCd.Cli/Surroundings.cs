using DevopsCd.Cli.Texts;

namespace DevopsCd.Cli;

/// <summary>What the command line has around it: streams, environment, the time.</summary>
internal sealed record Surroundings
{
    /// <summary>Data, and nothing else.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Whatever is said beside the data.</summary>
    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    /// <summary>The value of an environment variable; null where it is unset or empty.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Whether a person reads standard output on a terminal.</summary>
    public required bool IsOutTerminal { get; init; }

    /// <summary>Whether a person can be asked: input and standard error are a terminal.</summary>
    public required bool IsInTerminal { get; init; }

    /// <summary>Reads a secret without showing it.</summary>
    public required Func<string?> ReadSecret { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 120;

    /// <summary>Lines of the terminal.</summary>
    public int Height { get; init; } = 50;

    /// <summary>The language of whoever reads it.</summary>
    public Words Words => Words.Of(Variable);

    public bool IsColoured => IsOutTerminal && Variable("NO_COLOR") is null && Variable("TERM") != "dumb";

    public static Surroundings OfThisProcess() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        In = Console.In,
        Variable = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        IsOutTerminal = !Console.IsOutputRedirected,
        IsInTerminal = !Console.IsInputRedirected && !Console.IsErrorRedirected,
        ReadSecret = SecretOfTheTerminal,
        Width = Console.IsOutputRedirected ? 120 : Math.Max(Console.WindowWidth, 60),
        Height = Console.IsOutputRedirected ? 50 : Math.Max(Console.WindowHeight, 10)
    };

    private static string? SecretOfTheTerminal()
    {
        var typed = new System.Text.StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                Console.Error.WriteLine();
                return typed.ToString();
            }
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0)
                typed.Length--;
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }
    }
}
