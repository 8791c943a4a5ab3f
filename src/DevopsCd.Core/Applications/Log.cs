using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Applications;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Target {Stage}/{Cluster} of {Application} is stored unchecked: the deploy service was asked, but {Why}")]
    public static partial void TargetUnchecked(this ILogger log, string application, string stage, string cluster, string why);
}
