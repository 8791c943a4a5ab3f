using System.Text.Json.Serialization;
using DevopsCd.Shared;

namespace DevopsCd.Core.CdEvents;

/// <summary>An event of CloudEvents 1.0 in structured mode. Attribute names are lower case without separators.</summary>
internal sealed record CloudEvent(string Id, string Source, string Type, string? Subject, DateTimeOffset Time, object Data)
{
    [JsonPropertyName("specversion")]
    public string SpecVersion { get; } = "1.0";

    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; } = "application/json";

    /// <summary>An id that is the same for every attempt to tell the same thing.</summary>
    public static string IdOf(string key) => DerivedId.From("cloud event", key).ToString();

    /// <summary>A CDEvent in the envelope of CloudEvents, as its binding asks.</summary>
    public static CloudEvent Of(CdEvent cdEvent) =>
        new(cdEvent.Context.Id, cdEvent.Context.Source, cdEvent.Context.Type, cdEvent.Subject.Id, cdEvent.Context.Timestamp, cdEvent);
}
