using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Parking;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Parked message {ParkedId} of queue {Queue} ({MessageType}): {Reason}")]
    public static partial void Parked(this ILogger log, long parkedId, string queue, string messageType, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Parked message {ParkedId} could not be {Status} by {Operator}: {Reason}")]
    public static partial void NotResolved(this ILogger log, long parkedId, string status, string @operator, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Parked message {ParkedId} was {Status} by {Operator}")]
    public static partial void Resolved(this ILogger log, long parkedId, string status, string @operator);
}
