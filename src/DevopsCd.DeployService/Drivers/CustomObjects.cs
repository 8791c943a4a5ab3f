using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>What the drivers for custom objects share.</summary>
internal static class CustomObjects
{
    public static async Task<KubeObject> ReadAsync(Cluster cluster, KubeResource resource, DeployOperationRequest request, CancellationToken stop) =>
        await cluster.Api.FindAsync(resource, request.Namespace, request.Workload.Name, stop) ?? throw await Workloads.MissingAsync(cluster, resource, request, stop);

    public static async Task<KubeObject> SeenAsync(OperationContext operation, KubeResource resource, CancellationToken stop) =>
        await operation.Cluster.SeenAsync(resource, operation.Namespace, operation.Request.Workload.Name, stop)
        ?? throw await Workloads.MissingAsync(operation.Cluster, resource, operation.Request, stop);

    public static IEnumerable<(string Verb, KubeResource Resource)> Needs(KubeResource resource)
    {
        foreach (var verb in new[] { "get", "list", "watch", "patch" })
            yield return (verb, resource);
    }

    /// <summary>Whether this operation has to write the object, or has written it already; throws when somebody later has it.</summary>
    public static bool IsToWrite(OperationContext operation, KubeObject live) => !live.IsOf(operation.Record)
        ? true
        : live.Annotation(Stamps.State) == Stamps.Returned ? throw new Again("the object has been returned already") : false;

    public static Task<KubeObject> WriteAsync(OperationContext operation, KubeResource resource, KubeObject live, string state, CancellationToken stop, params IEnumerable<JsonEdit> edits) =>
        Workloads.EditAsync(operation, resource, live,
            [JsonEdit.Unchanged(live), .. edits, .. Workloads.StampEdits(live, Stamps.Of(operation.Record, operation.Previous<CustomSnapshot>().Image, state))], stop);

    /// <summary>Whether the way back has been written already.</summary>
    public static bool IsReturned(OperationContext operation, KubeObject live) => live.IsOf(operation.Record) && live.Annotation(Stamps.State) == Stamps.Returned;
}
