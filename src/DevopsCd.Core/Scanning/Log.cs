using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Scanning;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Scan: {Refreshed} builds refreshed, {Started} pre-deploys started, {Prepared} plans made, {Woken} woken in {Milliseconds} ms")]
    public static partial void Scanned(this ILogger log, int refreshed, int started, int prepared, int woken, double milliseconds);
}
