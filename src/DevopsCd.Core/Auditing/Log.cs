using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Auditing;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber}: {Event} asked for by {Operator}, {Votes} of {Required}")]
    public static partial void Voted(this ILogger log, string batchNumber, string @event, string @operator, int votes, int required);

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber}: {Event} moved {From} to {To} by {Operator}, version {Version}")]
    public static partial void Moved(this ILogger log, string batchNumber, string @event, string from, string to, string @operator, int version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Rows of the audit of {Batches} batches were chained; a version without a chain had written them")]
    public static partial void Chained(this ILogger log, int batches);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rows of the audit could not be chained; next try in {Pause}")]
    public static partial void NotChained(this ILogger log, TimeSpan pause, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber} created by {Operator}: {Title}")]
    public static partial void Created(this ILogger log, string batchNumber, string @operator, string title);
}
