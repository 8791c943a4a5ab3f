using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Batches;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {BatchNumber}: {Event} refused in {State} for {Operator}: {Reason}")]
    public static partial void Refused(this ILogger log, string batchNumber, string @event, string? state, string? @operator, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{MessageType} {MessageId} was already decided and changes nothing")]
    public static partial void Repeated(this ILogger log, string messageType, Guid? messageId);
}
