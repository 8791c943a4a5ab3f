using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>Sets the image and lets the workload's own controller roll it out; replicas and everything else are left alone.</summary>
internal sealed class RollingStrategy : IDeployStrategy
{
    public string Name => StrategyNames.Rolling;

    public IReadOnlyList<string> Kinds => Workloads.Kinds;

    public bool LeavesTraces => false;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request) => request.CheckNames();

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop) =>
        Workloads.Inspect(await Workloads.ReadAsync(cluster, request, stop), request);

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) =>
        [("get", Workloads.ResourceOf(request.Workload.Kind)), ("watch", Workloads.ResourceOf(request.Workload.Kind)), ("patch", Workloads.ResourceOf(request.Workload.Kind)),
         ("list", KubeResource.Pods), ("list", KubeResource.ReplicaSets), ("list", KubeResource.Events)];

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await Workloads.ReadAsync(cluster, request, stop);
        await cluster.Api.ApplyAsync(Workloads.ResourceOf(request.Workload.Kind), request.Namespace, live.Name, Workloads.Part(live, request, [], withVersion: false), force: true, dryRun: true, stop);
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await LiveAsync(operation, stop);
        if (live.LaterThan(operation.Record) is { } later)
            return Progress.Superseded(later);
        if (live.IsOf(operation.Record) && live.Annotation(Stamps.State) == Stamps.Returned)
            throw new Again("the workload has been returned already");
        live = await Workloads.EnsureImageAsync(operation, live, stop);
        if (Workloads.ImageOf(live, Workloads.ContainerOf(live, operation.Request)) is var image && image != operation.Request.Image)
            return Progress.Failed("ChangedByOthers", $"somebody has set the image to '{image}' while '{operation.Request.Image}' was rolled out");
        return await Workloads.JudgeAsync(operation, live, stop);
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await LiveAsync(operation, stop);
        if (!operation.RollsBack && (operation.Record.Previous is null || !live.IsOf(operation.Record)))
            return Progress.Done("Returned", "the workload was not changed by this operation");
        return await Workloads.RestoreAsync(operation, live, stop);
    }

    public async Task<Progress?> HoldAsync(OperationContext operation, CancellationToken stop) =>
        await Workloads.HoldAsync(operation, await LiveAsync(operation, stop), stop);

    private static async Task<KubeObject> LiveAsync(OperationContext operation, CancellationToken stop)
    {
        var resource = Workloads.ResourceOf(operation.Request.Workload.Kind);
        return await operation.Cluster.SeenAsync(resource, operation.Namespace, operation.Request.Workload.Name, stop)
            ?? throw await Workloads.MissingAsync(operation.Cluster, resource, operation.Request, stop);
    }
}
