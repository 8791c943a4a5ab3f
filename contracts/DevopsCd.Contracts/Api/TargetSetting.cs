namespace DevopsCd.Contracts.Api;

/// <summary>How an application is to be deployed in one stage and cluster, set together with the application.</summary>
public sealed record TargetSetting
{
    /// <summary>The stage: <c>pre</c> or <c>prod</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>The name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The Kubernetes namespace of the workload.</summary>
    public required string Namespace { get; init; }

    /// <summary>The workload and its container.</summary>
    public required DeployWorkload Workload { get; init; }

    /// <summary>The strategy of the rollout; <c>rolling</c> without it.</summary>
    public DeployStrategy? Strategy { get; init; }

    /// <summary>The wave of a stage in which it deploys, 1 to 20; 1 without it. A wave starts when all of the one before have succeeded.</summary>
    public int? Wave { get; init; }
}
