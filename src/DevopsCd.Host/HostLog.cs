namespace DevopsCd.Host;

internal static partial class HostLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed at the database")]
    public static partial void DatabaseFailed(this ILogger log, Exception exception);
}
