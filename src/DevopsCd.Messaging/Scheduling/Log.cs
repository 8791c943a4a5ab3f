using Microsoft.Extensions.Logging;
using Quartz;

namespace MassTransit.QuartzIntegration;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Scheduled message {Trigger}: sent {MessageType} to {Destination}, late by {Lateness}")]
    internal static partial void Sent(this ILogger log, TriggerKey trigger, string messageType, Uri destination, TimeSpan lateness);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scheduled message {Trigger}: could not send {MessageType} to {Destination}, will be retried")]
    internal static partial void SendFailed(this ILogger log, Exception exception, TriggerKey trigger, string messageType, Uri destination);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Scheduled message {Trigger}: {MessageType} to {Destination} at {Time}")]
    internal static partial void Scheduled(this ILogger log, TriggerKey trigger, string messageType, string destination, DateTimeOffset time);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Scheduled message {Trigger}: cancelled, it was {Found}")]
    internal static partial void Cancelled(this ILogger log, TriggerKey trigger, string found);
}
