namespace DevopsCd.Host.Ui.Live;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Open pages are not live: the database does not answer")]
    public static partial void LookFailed(this ILogger log, Exception failure);
}
