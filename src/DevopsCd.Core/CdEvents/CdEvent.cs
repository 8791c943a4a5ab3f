using System.Text.Json.Serialization;

namespace DevopsCd.Core.CdEvents;

/// <summary>An event of CDEvents 0.5.1.</summary>
internal sealed record CdEvent(CdEvent.EventContext Context, CdEvent.EventSubject Subject, object? CustomData = null)
{
    public const string Version = "0.5.1";

    /// <summary>The specification spells <c>specversion</c> in lower case, everything else in camelCase.</summary>
    internal sealed record EventContext(string Id, string Source, string Type, DateTimeOffset Timestamp, string? ChainId)
    {
        [JsonPropertyName("specversion")]
        public string SpecVersion { get; } = Version;
    }

    internal sealed record EventSubject(string Id, string Source, object Content);
}
