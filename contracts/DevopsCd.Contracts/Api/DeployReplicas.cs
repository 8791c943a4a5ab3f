namespace DevopsCd.Contracts.Api;

/// <summary>How far the pods of a workload are.</summary>
public sealed record DeployReplicas
{
    /// <summary>Pods wanted.</summary>
    public required int Desired { get; init; }

    /// <summary>Pods of the requested version.</summary>
    public required int Updated { get; init; }

    /// <summary>Pods that serve.</summary>
    public required int Available { get; init; }
}
