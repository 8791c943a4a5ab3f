namespace DevopsCd.Host.Live;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Open pages and streams are not live: the database does not answer")]
    public static partial void LookFailed(this ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "The stream of {Subject} is ended: its reader is too slow. It may go on after {Cursor}")]
    public static partial void TooSlow(this ILogger log, string subject, long cursor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A stream of changes has ended: {Reason}")]
    public static partial void StreamEnded(this ILogger log, string reason);
}
