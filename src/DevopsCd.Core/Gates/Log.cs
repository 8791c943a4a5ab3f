using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Gates;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber}: the gate {Gate} is {Status}. {Reason}")]
    public static partial void Decided(this ILogger log, string batchNumber, string gate, string status, string? reason);
}
