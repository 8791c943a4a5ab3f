using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace DevopsCd.Core.Notifications;

/// <summary>Notices as CloudEvents 1.0: one structured event, or the CDEvents that a notice maps to as a batch.</summary>
internal sealed class CloudEvents(IOptions<NotificationOptions> options, CdEventMapping mapping)
{
    private readonly string _source = options.Value.PublicUrl is { Length: > 0 } url ? url.TrimEnd('/') : "/devopscd";

    /// <summary>An id that is the same for every attempt to tell the same thing.</summary>
    public static string Id(string key) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16)).ToString();

    /// <summary>The notice as one event; applications are left out, with their count, until it fits.</summary>
    public byte[] Structured(NoticeMessage message, int longest)
    {
        for (var kept = message.Applications.Count; ; kept /= 2)
        {
            var body = NoticeJson.Bytes(Wrap(message, kept));
            if (body.Length <= longest || kept == 0)
                return body;
        }
    }

    /// <summary>The CDEvents of every notice that the message stands for: a seal that a deployment has overtaken has published its artifacts all the same.</summary>
    public IReadOnlyList<Envelope> CdEvents(NoticeMessage message) => message.Told.SelectMany(mapping.Map).Select(Wrap).ToList();

    /// <summary>The same as one body, or null.</summary>
    public byte[]? Batch(NoticeMessage message) => CdEvents(message) is { Count: > 0 } events ? NoticeJson.Bytes(events) : null;

    /// <summary>A CDEvent in the envelope of CloudEvents, as its binding asks.</summary>
    public static Envelope Wrap(CdEvent cdEvent) => new(
        cdEvent.Context.Id, cdEvent.Context.Source, cdEvent.Context.Type, cdEvent.Subject.Id, cdEvent.Context.Timestamp, cdEvent);

    private Envelope Wrap(NoticeMessage message, int kept)
    {
        var notice = message.Notice;
        return new Envelope(
            Id(notice.Key), _source, "devopscd.notice." + NoticeJson.Name(notice.Kind), notice.BatchNumber.Length > 0 ? notice.BatchNumber : null, notice.At,
            new
            {
                notice.BatchId,
                notice.CorrelationId,
                notice.BatchNumber,
                notice.Title,
                notice.Project,
                notice.Event,
                notice.From,
                notice.To,
                notice.Stage,
                notice.Attempt,
                notice.Operator,
                notice.At,
                notice.Reason,
                notice.Total,
                Applications = message.Applications.Take(kept),
                ApplicationsLeftOut = message.Applications.Count - kept,
                message.Earlier,
                Headline = message.Title,
                Link = message.Link?.AbsoluteUri
            });
    }

    /// <summary>Attribute names of CloudEvents are lower case without separators.</summary>
    internal sealed record Envelope(string Id, string Source, string Type, string? Subject, DateTimeOffset Time, object Data)
    {
        [JsonPropertyName("specversion")]
        public string SpecVersion => "1.0";

        [JsonPropertyName("datacontenttype")]
        public string DataContentType => "application/json";
    }
}
