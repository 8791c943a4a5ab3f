using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Deployments;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber}: {OperationId} ended as {Outcome}, tries: {Tries}. {Reason}")]
    public static partial void Ended(this ILogger log, string batchNumber, string operationId, string outcome, int tries, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {BatchNumber}: {OperationId}, try {Tries} failed, next at {NextAt}: {Reason}")]
    public static partial void Retries(this ILogger log, string batchNumber, string operationId, int tries, DateTimeOffset nextAt, string reason);
}
