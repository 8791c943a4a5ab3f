namespace DevopsCd.Host.Broker;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Holding a message of queue {Queue} for {Seconds} s: {Cause}")]
    public static partial void Held(this ILogger log, string queue, double seconds, string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The broker has not answered for {Seconds} s")]
    public static partial void BrokerSilent(this ILogger log, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The broker accepts no messages: {Reason}")]
    public static partial void BrokerBlocked(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection to the broker is dropped and opened again: {Reason}")]
    public static partial void ConnectionCut(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not connected to the broker: {Reason}")]
    public static partial void BrokerNotReached(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to the broker {Host} again")]
    public static partial void BrokerReached(this ILogger log, string host);
}
