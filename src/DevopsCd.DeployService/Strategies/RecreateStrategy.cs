using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// All old pods end before the first new one starts. The Deployment's own update strategy is set to Recreate for the time of the
/// rollout and put back as it was: two writes, either of which may be the last one before a crash.
/// </summary>
internal sealed class RecreateStrategy : IDeployStrategy
{
    public string Name => StrategyNames.Recreate;

    public IReadOnlyList<string> Kinds => ["Deployment"];

    public bool LeavesTraces => true;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request) => request.CheckNames();

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken) =>
        Workloads.Inspect(await Workloads.ReadAsync(cluster, request, cancellationToken), request);

    public DeployPrevious Before(JsonElement previous, DeployOperationRequest request) => Workloads.Before(previous, request);

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) =>
        [("get", KubeResource.Deployments), ("watch", KubeResource.Deployments), ("patch", KubeResource.Deployments), ("list", KubeResource.Pods),
            ("list", KubeResource.ReplicaSets)];

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
        var nothingChanges = Workloads.ImageOf(live, Workloads.ContainerOf(live, operation.Request)) == operation.Request.Image;
        if (!live.IsOf(operation.Record) && !nothingChanges && LentStrategy.Take(live).ToList() is { Count: > 0 } taking)
            live = await Workloads.EditAsync(operation, KubeResource.Deployments, live, [JsonEdit.Unchanged(live), .. taking], cancellationToken);
        live = await Workloads.EnsureImageAsync(operation, live, cancellationToken);
        var progress = await Workloads.JudgeAsync(operation, live, cancellationToken);
        if (progress.Outcome == Outcome.Done)
            await LentStrategy.GiveBackAsync(operation, live, cancellationToken);
        return progress;
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await LiveAsync(operation, cancellationToken);
        if (operation.Record.Previous is null)
            return Progress.Done("Returned", "the workload was not changed by this operation");
        if (!operation.RollsBack && await live.LaterThanAsync(operation, cancellationToken) is { } later)
            return Progress.Done("Returned", $"operation {later} has taken over this workload");
        return await Workloads.RestoreAsync(operation, live, cancellationToken, LentStrategy.GiveBack(operation, live));
    }

    public async Task<Progress> KeepAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        await LentStrategy.GiveBackAsync(operation, await LiveAsync(operation, cancellationToken), cancellationToken);
        return Progress.Done("Kept", "it is left as it is");
    }

    public async Task<Progress> ClearAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        if (await operation.SeenAsync(KubeResource.Deployments, operation.Request.Workload.Name, cancellationToken) is { } live
            && Hands.Anew(operation, live) is null)
            await LentStrategy.GiveBackAsync(operation, live, cancellationToken);
        return Progress.Done("Cleared", "");
    }

    public async Task<Progress?> HoldAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await LiveAsync(operation, cancellationToken);
        return await Workloads.HoldAsync(operation, live, cancellationToken, LentStrategy.GiveBack(operation, live));
    }

    private static async Task<KubeObject> LiveAsync(OperationContext operation, CancellationToken cancellationToken) =>
        await operation.SeenAsync(KubeResource.Deployments, operation.Request.Workload.Name, cancellationToken)
        ?? throw await Workloads.MissingAsync(operation.Cluster, KubeResource.Deployments, operation.Request, cancellationToken);
}
