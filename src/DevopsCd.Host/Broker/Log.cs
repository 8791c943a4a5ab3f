namespace DevopsCd.Host.Broker;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Holding a message of queue {Queue} for {Seconds} s: {Cause}")]
    public static partial void Held(this ILogger log, string queue, double seconds, string cause);
}
