using DevopsCd.Contracts.Api;

namespace DevopsCd.DeployService.Operations;

/// <summary>What two operations must not work on at the same time.</summary>
internal readonly record struct WorkloadKey(string Cluster, string Namespace, string Kind, string Name)
{
    public override string ToString() => $"{Cluster}/{Namespace}/{Kind}/{Name}";

    public static WorkloadKey Of(DeployOperationRequest request) => new(request.Cluster, request.Namespace, request.Workload.Kind, request.Workload.Name);
}
