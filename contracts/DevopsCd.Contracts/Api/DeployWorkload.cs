namespace DevopsCd.Contracts.Api;

/// <summary>What is deployed: an object of a cluster, and the container in it that gets the image.</summary>
public sealed record DeployWorkload
{
    /// <summary>The kind of the workload, for example <c>Deployment</c>, <c>StatefulSet</c>, <c>DaemonSet</c>, <c>Rollout</c>, <c>Application</c>, <c>HelmRelease</c> or <c>Release</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The name of the workload's object.</summary>
    public required string Name { get; init; }

    /// <summary>The container that gets the image; may be left out where the workload has one container only.</summary>
    public string? Container { get; init; }
}
