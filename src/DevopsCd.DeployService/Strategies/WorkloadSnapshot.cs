using System.Text.Json;

namespace DevopsCd.DeployService.Strategies;

/// <summary>A workload as it was just before the operation: enough to make it so again.</summary>
internal sealed record WorkloadSnapshot
{
    public required JsonElement Template { get; init; }
    public int? Replicas { get; init; }
    public string? Image { get; init; }

    /// <summary>The update strategy, for a strategy that changes it for the time of the rollout.</summary>
    public JsonElement? UpdateStrategy { get; init; }

    /// <summary>A Service's selector, or a route's rules, for a strategy that moves traffic.</summary>
    public JsonElement? Traffic { get; init; }
}
