using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli;

/// <summary>Ends the command with a message on standard error.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes" />.</param>
/// <param name="text">What is wrong and what to do; it may have several lines.</param>
/// <param name="inner">What it comes from.</param>
internal sealed class CliException(int exitCode, FormattableString text, Exception? inner = null) : Exception(FormattableString.Invariant(text), inner)
{
    public int ExitCode => exitCode;

    /// <summary>The message, for a reader of whichever language.</summary>
    public FormattableString Text => text;

    /// <summary>What the service has said; null where it comes from elsewhere.</summary>
    public Problem? Problem { get; init; }

    /// <summary>The command line asks for what cannot be done.</summary>
    public static CliException Usage(FormattableString text) => new(ExitCodes.Usage, text);
}
