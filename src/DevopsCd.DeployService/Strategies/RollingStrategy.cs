using System.Text.Json;
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

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken) =>
        Workloads.Inspect(await Workloads.ReadAsync(cluster, request, cancellationToken), request);

    public DeployPrevious Before(JsonElement previous, DeployOperationRequest request) => Workloads.Before(previous, request);

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) =>
        [("get", Workloads.ResourceOf(request.Workload.Kind)), ("watch", Workloads.ResourceOf(request.Workload.Kind)),
            ("patch", Workloads.ResourceOf(request.Workload.Kind)),
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

    public Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken) =>
        Workloads.DryRunAsync(cluster, request, cancellationToken);

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await LiveAsync(operation, cancellationToken);
        if (await live.LaterThanAsync(operation, cancellationToken) is { } later)
            return Progress.Superseded(later);
        if (live.IsOf(operation.Record) && live.Annotation(Stamps.State) == Stamps.Returned)
            throw new ConcurrentChangeException("the workload has been returned already");
        if (await Hands.FindAsync(operation, live, cancellationToken) is { } hand)
            return Progress.Failed(Hands.ChangedByOthers, hand);
        live = await Workloads.EnsureImageAsync(operation, live, cancellationToken);
        return await Workloads.JudgeAsync(operation, live, cancellationToken);
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await LiveAsync(operation, cancellationToken);
        if (operation.Record.Previous is null)
            return Progress.Done("Returned", "the workload was not changed by this operation");
        if (!operation.RollsBack && await live.LaterThanAsync(operation, cancellationToken) is { } later)
            return Progress.Done("Returned", $"operation {later} has taken over this workload");
        return await Workloads.RestoreAsync(operation, live, cancellationToken);
    }

    public async Task<Progress?> HoldAsync(OperationContext operation, CancellationToken cancellationToken) =>
        await Workloads.HoldAsync(operation, await LiveAsync(operation, cancellationToken), cancellationToken);

    private static async Task<KubeObject> LiveAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var resource = Workloads.ResourceOf(operation.Request.Workload.Kind);
        return await operation.SeenAsync(resource, operation.Request.Workload.Name, cancellationToken)
            ?? throw await Workloads.MissingAsync(operation.Cluster, resource, operation.Request, cancellationToken);
    }
}
