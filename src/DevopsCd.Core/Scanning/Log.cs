using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Scanning;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Scan: {Refreshed} builds refreshed, {Started} pre-deploys started, "
        + "{Prepared} plans prepared, {Woken} calls and stages resumed, in {Milliseconds} ms")]
    public static partial void Scanned(this ILogger log, int refreshed, int started, int prepared, int woken, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scan abandoned: its lock was lost, so another host may be scanning ({Reason})")]
    public static partial void LockLost(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The gauges show nothing: the database did not answer ({Reason})")]
    public static partial void NotCounted(this ILogger log, string reason);
}
