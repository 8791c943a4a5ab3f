using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>The target as it is now: what a return would restore, and what the operation would change.</summary>
internal sealed record Inspection(JsonElement Previous, IReadOnlyList<DeployPreflightChange> Changes)
{
    /// <summary>The same, of a plain workload.</summary>
    public WorkloadSnapshot Workload => Previous.Deserialize<WorkloadSnapshot>(Json.Options)!;
}
