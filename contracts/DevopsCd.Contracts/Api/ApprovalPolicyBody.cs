using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevopsCd.Contracts.Api;

/// <summary>Who has to approve, and for how long that holds.</summary>
public sealed record ApprovalPolicyBody
{
    /// <summary>How many people approve, 1 to 20; 1 without it.</summary>
    public int? Required { get; init; }

    /// <summary>How many of them belong to a group, by the group's name; none in particular without it.</summary>
    public IReadOnlyDictionary<string, int>? Groups { get; init; }

    /// <summary>Whether the initiator, and whoever has changed the content, cannot approve; without it true, but false while nobody logs in.</summary>
    public bool? NotByAuthor { get; init; }

    /// <summary>How long an approval holds, for example `72h`; for ever without it.</summary>
    public string? ExpireAfter { get; init; }

    /// <summary>What a change of the content does to approvals: `keep`, `void` or `hold`; `keep` without it.</summary>
    public string? OnChange { get; init; }

    /// <summary>Members that this version does not know; a change that brings any is refused.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}
