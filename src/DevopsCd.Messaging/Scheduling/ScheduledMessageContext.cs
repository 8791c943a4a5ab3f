using System.Globalization;
using System.Text.Json;
using MassTransit.Metadata;
using MassTransit.Middleware;
using MassTransit.Serialization;
using Quartz;

namespace MassTransit.QuartzIntegration;

/// <summary>A scheduled message as its trigger carries it, in the shape MassTransit sends stored messages from.</summary>
internal sealed class ScheduledMessageContext : OutboxMessageContext
{
    private readonly JobDataMap _data;
    private readonly DateTimeOffset _now;
    private readonly DictionarySendHeaders _headers;

    private ScheduledMessageContext(JobDataMap data, Guid messageId, DateTimeOffset now)
    {
        _data = data;
        _now = now;
        _headers = new DictionarySendHeaders(ReadDictionary(ScheduledMessageData.Headers), useExistingDictionary: true);
        MessageId = messageId;
    }

    public Guid MessageId { get; }

    public string Body => Required(ScheduledMessageData.Body);

    public string ContentType => Required(ScheduledMessageData.ContentType);

    public string MessageType => Required(ScheduledMessageData.MessageType);

    public Uri DestinationAddress => new(Required(ScheduledMessageData.Destination));

    public IReadOnlyDictionary<string, object> Properties => ReadDictionary(ScheduledMessageData.Properties);

    public Headers Headers => _headers;

    public long SequenceNumber => 0;

    public Guid? RequestId => ReadGuid(ScheduledMessageData.RequestId);

    public Guid? CorrelationId => ReadGuid(ScheduledMessageData.CorrelationId);

    public Guid? ConversationId => ReadGuid(ScheduledMessageData.ConversationId);

    public Guid? InitiatorId => ReadGuid(ScheduledMessageData.InitiatorId);

    public Uri? SourceAddress => ReadUri(ScheduledMessageData.SourceAddress);

    public Uri? ResponseAddress => ReadUri(ScheduledMessageData.ResponseAddress);

    public Uri? FaultAddress => ReadUri(ScheduledMessageData.FaultAddress);

    // A message's time to live starts when it is sent, not when it was scheduled.
    public DateTime? ExpirationTime => Optional(ScheduledMessageData.TimeToLive) is { } text
        ? (_now + TimeSpan.Parse(text, CultureInfo.InvariantCulture)).UtcDateTime
        : null;

    public DateTime? SentTime => _now.UtcDateTime;

    public HostInfo Host => HostMetadataCache.Host;

    Guid? MessageContext.MessageId => MessageId;

    internal Guid? TokenId => ReadGuid(ScheduledMessageData.TokenId);

    internal static ScheduledMessageContext Read(IJobExecutionContext context, TimeProvider clock)
    {
        var data = context.MergedJobDataMap;
        var key = OriginalKey(context);
        var messageId = data.TryGetValue(ScheduledMessageData.MessageId, out var id) && id is string text
            ? Guid.Parse(text)
            : DeterministicMessageId.For(key.Group, key.Name, OccurrenceTime(context));
        return new ScheduledMessageContext(data, messageId, clock.GetUtcNow());
    }

    internal static TriggerKey OriginalKey(IJobExecutionContext context) =>
        context.Recovering && context.RecoveringTriggerKey is { } original ? original : context.Trigger.Key;

    private static DateTimeOffset OccurrenceTime(IJobExecutionContext context) =>
        context.ScheduledFireTimeUtc ?? context.FireTimeUtc;

    private string Required(string name) =>
        Optional(name) ?? throw new InvalidOperationException($"The trigger of a scheduled message has no '{name}'");

    private string? Optional(string name) => _data.TryGetValue(name, out var value) ? value as string : null;

    private Guid? ReadGuid(string name) => Optional(name) is { } text ? Guid.Parse(text) : null;

    private Uri? ReadUri(string name) => Optional(name) is { } text ? new Uri(text) : null;

    private Dictionary<string, object> ReadDictionary(string name) =>
        Optional(name) is { } text
            ? JsonSerializer.Deserialize<Dictionary<string, object>>(text, SystemTextJsonMessageSerializer.Options) ?? []
            : [];
}
