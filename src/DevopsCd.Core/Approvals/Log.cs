using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Approvals;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {BatchNumber}: the approval no longer holds and cannot be revoked now: {Reason}")]
    public static partial void StaysApproved(this ILogger log, string batchNumber, string reason);
}
