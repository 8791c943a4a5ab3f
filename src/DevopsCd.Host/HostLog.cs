namespace DevopsCd.Host;

internal static partial class HostLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed in the database")]
    public static partial void DatabaseFailed(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to a request with an Idempotency-Key could not be stored")]
    public static partial void AnswerNotStored(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The start waits for the database: {Cause}")]
    public static partial void StartWaits(this ILogger log, string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not ready: the database accepts no writes: {Cause}")]
    public static partial void DatabaseAway(this ILogger log, string cause);

    /// <summary>Settings that work and are hardly meant, one line each.</summary>
    public static void Doubtful(this ILogger log, IEnumerable<string> settings)
    {
        foreach (var setting in settings)
            log.Doubtful(setting);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Configuration: {Setting}")]
    private static partial void Doubtful(this ILogger log, string setting);
}
