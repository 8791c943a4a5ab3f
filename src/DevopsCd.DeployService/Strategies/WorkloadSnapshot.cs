using System.Text.Json;

namespace DevopsCd.DeployService.Strategies;

/// <summary>A workload as it was just before the operation: enough to make it so again.</summary>
internal sealed record WorkloadSnapshot
{
    public required JsonElement Template { get; init; }
    public int? Replicas { get; init; }
    public string? Image { get; init; }

    /// <summary>Which object it was, and how often it had been changed and rolled out; null in records of earlier versions.</summary>
    public string? Uid { get; init; }
    public long? Generation { get; init; }
    public string? Revision { get; init; }

    /// <summary>The operation whose stamp was on it.</summary>
    public string? Stamp { get; init; }

    /// <summary>The update strategy, for a strategy that changes it for the time of the rollout.</summary>
    public JsonElement? UpdateStrategy { get; init; }

    /// <summary>A Service's selector, or a route's rules, for a strategy that moves traffic.</summary>
    public JsonElement? Traffic { get; init; }
}
