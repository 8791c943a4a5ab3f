namespace DevopsCd.Contracts.Api;

/// <summary>Where and how an application deploys.</summary>
public sealed record TargetView
{
    /// <summary><c>pre</c> or <c>prod</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>The cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>What is deployed.</summary>
    public required DeployWorkload Workload { get; init; }

    /// <summary>How.</summary>
    public required DeployStrategy Strategy { get; init; }
}
