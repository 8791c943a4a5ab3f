using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Batches;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber}: {Event} moved {From} to {To} by {Operator}, version {Version}")]
    public static partial void Moved(this ILogger log, string batchNumber, string @event, string from, string to, string @operator, int version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber} created by {Operator}: {Title}")]
    public static partial void Created(this ILogger log, string batchNumber, string @operator, string title);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {BatchNumber}: {Event} refused in {State} for {Operator}: {Reason}")]
    public static partial void Refused(this ILogger log, string batchNumber, string @event, string? state, string? @operator, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{MessageType} {MessageId} was decided before and changes nothing")]
    public static partial void Repeated(this ILogger log, string messageType, Guid? messageId);
}
