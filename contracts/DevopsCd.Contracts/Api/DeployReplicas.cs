namespace DevopsCd.Contracts.Api;

/// <summary>How far the pods of a workload are.</summary>
public sealed record DeployReplicas
{
    /// <summary>The number of pods that are wanted.</summary>
    public required int Desired { get; init; }

    /// <summary>The number of pods of the requested version.</summary>
    public required int Updated { get; init; }

    /// <summary>The number of pods that serve.</summary>
    public required int Available { get; init; }
}
