namespace DevopsCd.Contracts.Api;

/// <summary>Where and how an application is deployed.</summary>
public sealed record TargetView
{
    /// <summary>The stage: <c>pre</c> or <c>prod</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>The name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The Kubernetes namespace of the workload.</summary>
    public required string Namespace { get; init; }

    /// <summary>The workload and its container.</summary>
    public required DeployWorkload Workload { get; init; }

    /// <summary>The strategy of the rollout and its settings.</summary>
    public required DeployStrategy Strategy { get; init; }

    /// <summary>The wave of a stage in which it deploys, counted from 1.</summary>
    public required int Wave { get; init; }
}
