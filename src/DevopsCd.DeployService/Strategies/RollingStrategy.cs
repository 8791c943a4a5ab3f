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

    /// <summary>A Deployment that may not miss a pod starts a new one before an old one goes; the other kinds replace theirs in place.</summary>
    public int MorePods(DeployOperationRequest request, Inspection found)
    {
        var workload = found.Workload;
        if (found.Changes.Count == 0 || workload.UpdateStrategy is not { } strategy || strategy.Text("type") == "Recreate")
            return 0;
        var allowed = strategy.Text("rollingUpdate", "maxUnavailable") ?? "25%";
        var missing = allowed.EndsWith('%') ? (workload.Replicas ?? 1) * int.Parse(allowed[..^1]) / 100 : int.Parse(allowed);
        // With neither a pod more nor a pod less allowed, the controller takes one less.
        return missing > 0 || strategy.Text("rollingUpdate", "maxSurge") is "0" or "0%" ? 0 : 1;
    }

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
