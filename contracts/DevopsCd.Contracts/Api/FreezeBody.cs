using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevopsCd.Contracts.Api;

/// <summary>A time in which stages do not start. It is either one time (<c>from</c>, <c>to</c>) or recurs (<c>rule</c>, <c>start</c>, <c>duration</c>, <c>zone</c>).</summary>
public sealed record FreezeBody
{
    /// <summary>Why nothing starts; people read it on every batch that waits.</summary>
    public required string Reason { get; init; }

    /// <summary>The projects it holds for, by name; all of them without it. A batch that spans projects waits for each.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    /// <summary>The stages it holds for: <c>pre</c>, <c>prod</c>; both without it.</summary>
    public IReadOnlyList<string>? Stages { get; init; }

    /// <summary>The clusters it holds for, by name; all of them without it. A stage that deploys to any of them waits as a whole.</summary>
    public IReadOnlyList<string>? Clusters { get; init; }

    /// <summary>When it begins, where it is one time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>When it ends, where it is one time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The rule by which it recurs, as RFC 5545 writes it, for example <c>FREQ=WEEKLY;BYDAY=FR</c>; daily or less often.</summary>
    public string? Rule { get; init; }

    /// <summary>With a rule: the first time, as a clock in the zone shows it, for example <c>2026-12-04T18:00</c>.</summary>
    public string? Start { get; init; }

    /// <summary>With a rule: how long it is each time, for example <c>60h</c>, 1m to 366d. Whole days are days of the calendar, whatever their hours.</summary>
    public string? Duration { get; init; }

    /// <summary>With a rule: the zone of the clock, by its IANA name, for example <c>Europe/Berlin</c>.</summary>
    public string? Zone { get; init; }

    /// <summary>What becomes of a stage that runs when it begins: <c>finish</c> lets it go on, <c>pause</c> starts none of its operations; <c>finish</c> without it.</summary>
    public string? InFlight { get; init; }

    /// <summary>Members that this version does not know; a change that brings any is refused.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}
