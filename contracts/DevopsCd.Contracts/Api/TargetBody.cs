namespace DevopsCd.Contracts.Api;

/// <summary>Body of <c>PUT /applications/{name}/targets/{stage}/{cluster}</c>.</summary>
public sealed record TargetBody
{
    /// <summary>The namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>What is deployed.</summary>
    public required DeployWorkload Workload { get; init; }

    /// <summary>How; null: rolling.</summary>
    public DeployStrategy? Strategy { get; init; }
}
