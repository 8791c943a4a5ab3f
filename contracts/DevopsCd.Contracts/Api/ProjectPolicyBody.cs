using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevopsCd.Contracts.Api;

/// <summary>What a project asks of its releases. A member that is absent has its default.</summary>
public sealed record ProjectPolicyBody
{
    /// <summary>What a batch needs to be approved.</summary>
    public ApprovalPolicyBody? Approvals { get; init; }

    /// <summary>Whose approval the start of production needs; whoever starts it counts as one. Nothing without it.</summary>
    public ApprovalPolicyBody? ProdApprovals { get; init; }

    /// <summary>Whether pre-production starts by itself after the seal; true without it.</summary>
    public bool? AutomaticPreDeploy { get; init; }

    /// <summary>Operations of one batch in flight at once; at most, and without it, what `core.deploy.concurrent_apps` allows.</summary>
    public int? ConcurrentApps { get; init; }

    /// <summary>Bounds one application over all its tries, for example `10m`; at most, and without it, `core.deploy.single_app_timeout`.</summary>
    public string? SingleAppTimeout { get; init; }

    /// <summary>Bounds a stage from its start, for example `60m`; at most, and without it, `core.deploy.batch_timeout`.</summary>
    public string? BatchTimeout { get; init; }

    /// <summary>How long a stage waits between two waves, for example `30m`; at most `7d`, and `0ms` without it. A rollback does not wait.</summary>
    public string? Soak { get; init; }

    /// <summary>The channels that are told, by the names of the configuration; without it the configuration says.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    /// <summary>What has to pass before a batch goes on, or before a stage counts as completed; at most 20. None without it.</summary>
    public IReadOnlyList<GateBody>? Gates { get; init; }

    /// <summary>Members that this version does not know; a change that brings any is refused.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}
