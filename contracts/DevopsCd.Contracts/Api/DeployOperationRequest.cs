namespace DevopsCd.Contracts.Api;

/// <summary>One image for one workload of one cluster.</summary>
public sealed record DeployOperationRequest
{
    /// <summary>The application being released.</summary>
    public required string Application { get; init; }

    /// <summary>The stage, <c>pre</c> or <c>prod</c>; recorded, not interpreted.</summary>
    public required string Stage { get; init; }

    /// <summary>The cluster, by the name the deploy service's configuration gives it.</summary>
    public required string Cluster { get; init; }

    /// <summary>The namespace of the workload.</summary>
    public required string Namespace { get; init; }

    /// <summary>The workload and its container.</summary>
    public required DeployWorkload Workload { get; init; }

    /// <summary>The full image reference, by digest where it is known: <c>registry/app:1.2@sha256:…</c>.</summary>
    public required string Image { get; init; }

    /// <summary>How the image is rolled out; <c>rolling</c> when left out.</summary>
    public DeployStrategy? Strategy { get; init; }

    /// <summary>Seconds after which the operation ends as failed, counted from its first acceptance; the service's default when left out.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>Facts to stamp on the objects, for example <c>batch</c>, <c>attempt</c>, <c>commit</c>.</summary>
    public Dictionary<string, string>? Labels { get; init; }
}
