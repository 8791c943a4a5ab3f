namespace DevopsCd.Host;

internal static partial class HostLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed at the database")]
    public static partial void DatabaseFailed(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not ready: the database does not answer: {Cause}")]
    public static partial void DatabaseAway(this ILogger log, string cause);
}
