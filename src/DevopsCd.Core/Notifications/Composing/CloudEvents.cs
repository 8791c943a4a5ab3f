using DevopsCd.Core.CdEvents;

namespace DevopsCd.Core.Notifications.Composing;

/// <summary>Notices as CloudEvents 1.0: one structured event, or the CDEvents that a notice maps to as a batch.</summary>
internal sealed class CloudEvents(NotificationOptions options, CdEventMapping mapping)
{
    private readonly string _source = options.PublicUrl is { Length: > 0 } url ? url.TrimEnd('/') : "/devopscd";

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
    public IReadOnlyList<CloudEvent> CdEvents(NoticeMessage message) => message.Told.SelectMany(mapping.Map).Select(CloudEvent.Of).ToList();

    /// <summary>The same as one body, or null.</summary>
    public byte[]? Batch(NoticeMessage message) => CdEvents(message) is { Count: > 0 } events ? NoticeJson.Bytes(events) : null;

    private CloudEvent Wrap(NoticeMessage message, int kept)
    {
        var notice = message.Notice;
        return new CloudEvent(
            CloudEvent.IdOf(notice.Key), _source, "devopscd.notice." + NoticeJson.Name(notice.Kind), notice.BatchNumber.Length > 0 ? notice.BatchNumber : null,
                notice.At,
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
}
