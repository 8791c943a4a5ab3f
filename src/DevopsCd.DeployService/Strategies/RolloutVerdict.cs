using DevopsCd.Contracts.Api;

namespace DevopsCd.DeployService.Strategies;

/// <summary>How far a workload's own controller is.</summary>
internal sealed record RolloutVerdict(bool Done, string Message, DeployReplicas Replicas, bool Observed = true, string? FailedBy = null,
    string DoneAs = "RolledOut");
