namespace MassTransit.QuartzIntegration;

/// <summary>Names of the entries a trigger carries; every value is a string.</summary>
internal static class ScheduledMessageData
{
    internal const string Body = nameof(Body);
    internal const string ContentType = nameof(ContentType);
    internal const string ConversationId = nameof(ConversationId);
    internal const string CorrelationId = nameof(CorrelationId);
    internal const string Destination = nameof(Destination);
    internal const string FaultAddress = nameof(FaultAddress);
    internal const string Headers = nameof(Headers);
    internal const string InitiatorId = nameof(InitiatorId);
    internal const string MessageId = nameof(MessageId);
    internal const string MessageType = nameof(MessageType);
    internal const string Properties = nameof(Properties);
    internal const string RequestId = nameof(RequestId);
    internal const string ResponseAddress = nameof(ResponseAddress);
    internal const string SourceAddress = nameof(SourceAddress);
    internal const string TimeToLive = nameof(TimeToLive);
    internal const string TokenId = nameof(TokenId);
}
