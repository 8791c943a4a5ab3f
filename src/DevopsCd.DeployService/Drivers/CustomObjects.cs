using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>What the drivers for custom objects share.</summary>
internal static class CustomObjects
{
    public static async Task<KubeObject> ReadAsync(Cluster cluster, KubeResource resource, DeployOperationRequest request,
        CancellationToken cancellationToken) =>
        await cluster.Api.FindAsync(resource, request.Namespace, request.Workload.Name, cancellationToken)
            ?? throw await Workloads.MissingAsync(cluster, resource, request, cancellationToken);

    public static async Task<KubeObject> SeenAsync(OperationContext operation, KubeResource resource, CancellationToken cancellationToken) =>
        await operation.SeenAsync(resource, operation.Request.Workload.Name, cancellationToken)
        ?? throw await Workloads.MissingAsync(operation.Cluster, resource, operation.Request, cancellationToken);

    public static IEnumerable<(string Verb, KubeResource Resource)> Needs(KubeResource resource)
    {
        foreach (var verb in new[] { "get", "list", "watch", "patch" })
            yield return (verb, resource);
    }

    /// <summary>Whether this operation has to write the object, or has written it already; throws when somebody later has it.</summary>
    public static bool IsToWrite(OperationContext operation, KubeObject live) => !live.IsOf(operation.Record)
        ? true
        : live.Annotation(Stamps.State) == Stamps.Returned ? throw new ConcurrentChangeException("the object has been returned already") : false;

    public static Task<KubeObject> WriteAsync(OperationContext operation, KubeResource resource, KubeObject live, string state,
        CancellationToken cancellationToken, params IEnumerable<JsonEdit> edits) =>
        Workloads.EditAsync(operation, resource, live,
            [JsonEdit.Unchanged(live), .. edits,
                .. Workloads.StampEdits(live, Stamps.Of(operation.Record, null, operation.Previous<CustomSnapshot>().Image, state))], cancellationToken);

    /// <summary>
    /// Whether there is nothing of this operation to take back. Then the object says so, and a write of the operation that is still under
    /// way to the API server is refused, for it rests on an older version.
    /// </summary>
    public static async Task<bool> IsUntouchedAsync(OperationContext operation, KubeResource resource, KubeObject live, CancellationToken cancellationToken)
    {
        if (operation.Record.Previous is null)
            return true;
        if (operation.RollsBack || live.IsOf(operation.Record))
            return false;
        if (await live.LaterThanAsync(operation, cancellationToken) is null)
            await WriteAsync(operation, resource, live, Stamps.Returned, cancellationToken);
        return true;
    }

    /// <summary>Lets an object go on that a stopped operation has halted; one that somebody else has halted stays so.</summary>
    public static IEnumerable<JsonEdit> LetGo(KubeObject live, string field) =>
        live.Annotation(Stamps.State) == Stamps.Held && live.Root.Flag("spec", field) ? [new JsonEdit("add", $"/spec/{field}", false)] : [];

    /// <summary>Whether the way back has been written already.</summary>
    public static bool IsReturned(OperationContext operation, KubeObject live) =>
        live.IsOf(operation.Record) && live.Annotation(Stamps.State) == Stamps.Returned;
}
