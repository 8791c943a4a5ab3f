using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Deployments;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber}: {OperationId} ended as {Outcome}, tries: {Tries}. {Reason}")]
    public static partial void Ended(this ILogger log, string batchNumber, string operationId, string outcome, int tries, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {BatchNumber}: {OperationId}, try {Tries} failed, next at {NextAt}: {Reason}")]
    public static partial void Retries(this ILogger log, string batchNumber, string operationId, int tries, DateTimeOffset nextAt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{OperationId}: the call to the deploy service failed in this process: {Fault} {Trace}")]
    public static partial void CallFailed(this ILogger log, string operationId, string fault, string? trace);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Batch {BatchNumber}: {OperationId} has ended for the batch but may still be running; its stop is requested again at {NextAt}")]
    public static partial void StopStaysDue(this ILogger log, string batchNumber, string operationId, DateTimeOffset? nextAt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber}: {Event} is held back: {Reason}")]
    public static partial void EndWaits(this ILogger log, string batchNumber, string @event, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Application} on {Cluster}: {Found} runs instead of {Image}, which was deployed there last")]
    public static partial void Drifted(this ILogger log, string application, string cluster, string found, string image);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What runs where could not be looked at: {Reason}")]
    public static partial void NotLooked(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber}: {OperationId} is no longer running; its stop is confirmed")]
    public static partial void StopSettled(this ILogger log, string batchNumber, string operationId);

    [LoggerMessage(Level = LogLevel.Information, Message = "What runs in {Places} place(s) was deployed by a host of an earlier version, and is known now")]
    public static partial void CaughtUp(this ILogger log, int places);
}
