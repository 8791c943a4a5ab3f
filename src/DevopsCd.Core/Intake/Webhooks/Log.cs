using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Intake.Webhooks;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} webhooks could not be stored; their senders were told")]
    public static partial void NotStored(this ILogger log, int count, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhooks cannot be processed for now: {Cause}")]
    public static partial void ProcessorWaits(this ILogger log, string cause);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Webhook {Source} {DeliveryId}: {Status}, {Outcome}")]
    public static partial void Decided(this ILogger log, string source, string deliveryId, string status, string outcome);
}
