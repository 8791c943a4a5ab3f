using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Evidence;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The evidence of {Batches} batches was archived in {Folder}")]
    public static partial void Archived(this ILogger log, int batches, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The evidence of ended batches could not be archived; next try in {Pause}")]
    public static partial void NotArchived(this ILogger log, TimeSpan pause, Exception failure);
}
