using Microsoft.Extensions.Logging;

namespace MassTransit.EntityFrameworkCoreIntegration;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Message {MessageId} expired at {ExpirationTime} before it could be sent")]
    public static partial void Expired(this ILogger log, Guid messageId, DateTime expirationTime);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox {OutboxId} was not sent at once; the sweep will send it")]
    public static partial void LeftInOutbox(this ILogger log, Exception exception, Guid outboxId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Whether outbox {OutboxId} was committed could not be determined yet")]
    public static partial void NotAsked(this ILogger log, Exception exception, Guid outboxId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} delivered outboxes could not be removed yet")]
    public static partial void NotRemoved(this ILogger log, Exception exception, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "The sweep sent {Count} messages that had been left in the outbox")]
    public static partial void Swept(this ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} of outbox {OutboxId} could not be sent, try {DeliveryCount}")]
    public static partial void NotSent(this ILogger log, Exception exception, Guid messageId, Guid outboxId, int deliveryCount);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} of outbox {OutboxId} waits for the broker: {Cause}")]
    public static partial void BrokerAway(this ILogger log, Guid messageId, Guid outboxId, string cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} of outbox {OutboxId} is parked after {DeliveryCount} tries: {Reason}")]
    public static partial void Parked(this ILogger log, Guid messageId, Guid outboxId, int deliveryCount, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox could not be swept; next try in {Pause}")]
    public static partial void SweepFailed(this ILogger log, Exception exception, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The inbox could not be cleaned; next try in {Pause}")]
    public static partial void CleanupFailed(this ILogger log, Exception exception, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Count} inbox rows left the duplicate detection window")]
    public static partial void Cleaned(this ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Message {MessageId} was consumed before by {ConsumerType} and is skipped")]
    public static partial void Duplicate(this ILogger log, Guid messageId, string consumerType);

    [LoggerMessage(Level = LogLevel.Error, Message = "Work that was to follow a commit failed; the commit itself succeeded")]
    public static partial void AfterCommitFailed(this ILogger log, Exception exception);
}
