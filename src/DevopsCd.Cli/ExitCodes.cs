namespace DevopsCd.Cli;

/// <summary>What the process ends with, for scripts.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The operation failed, or what was asked for does not exist.</summary>
    public const int Failed = 1;

    /// <summary>The command line, or a value in it, is wrong.</summary>
    public const int Usage = 2;

    /// <summary>What was waited for did not come in time; it goes on.</summary>
    public const int TimedOut = 3;

    /// <summary>Not logged in, or not allowed.</summary>
    public const int NotAllowed = 4;

    /// <summary>The present state does not allow it, or it has changed since it was looked at.</summary>
    public const int Refused = 5;

    /// <summary>The service cannot be reached, or serves nobody at present.</summary>
    public const int Unreachable = 6;

    /// <summary>Ended by Ctrl+C.</summary>
    public const int Interrupted = 130;
}
