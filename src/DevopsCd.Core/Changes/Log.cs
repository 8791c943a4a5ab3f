using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Changes;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Old changes of batches could not be removed; next try in {Pause}")]
    public static partial void NotCleaned(this ILogger log, TimeSpan pause, Exception failure);
}
