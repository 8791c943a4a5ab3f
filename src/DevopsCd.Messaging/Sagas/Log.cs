using Microsoft.Extensions.Logging;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Saga} is read by queries, which is slower: {Obstacle}")]
    public static partial void ReadByQueries(this ILogger log, string saga, string obstacle);
}
