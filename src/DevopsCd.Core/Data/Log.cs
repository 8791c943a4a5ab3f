using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Data;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "This machine's clock is {Seconds:0.0} s ahead of the database's; the database's time is used")]
    public static partial void ClockWrong(this ILogger log, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "This machine's clock agrees with the database's again, to {Seconds:0.0} s")]
    public static partial void ClockRight(this ILogger log, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "The clocks could not be compared: {Reason}")]
    public static partial void ClocksNotCompared(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} could not be removed; next try in {Pause}")]
    public static partial void NotCleaned(this ILogger log, string what, TimeSpan pause, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "A newer version has brought the schema further ({Migrations}), and this one works on it")]
    public static partial void SchemaIsNewer(this ILogger log, string migrations);
}
