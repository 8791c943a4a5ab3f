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

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop) =>
        Workloads.Inspect(await Workloads.ReadAsync(cluster, request, stop), request);

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) =>
        [("get", KubeResource.Deployments), ("watch", KubeResource.Deployments), ("patch", KubeResource.Deployments), ("list", KubeResource.Pods), ("list", KubeResource.ReplicaSets)];

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await Workloads.ReadAsync(cluster, request, stop);
        await cluster.Api.ApplyAsync(KubeResource.Deployments, request.Namespace, live.Name, Workloads.Part(live, request, [], withVersion: false), force: true, dryRun: true, stop);
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await LiveAsync(operation, stop);
        if (live.LaterThan(operation.Record) is { } later)
            return Progress.Superseded(later);
        if (live.IsOf(operation.Record) && live.Annotation(Stamps.State) == Stamps.Returned)
            throw new Again("the workload has been returned already");
        var nothingChanges = Workloads.ImageOf(live, Workloads.ContainerOf(live, operation.Request)) == operation.Request.Image;
        if (!live.IsOf(operation.Record) && !nothingChanges && live.Root.Text("spec", "strategy", "type") != "Recreate")
        {
            live = await Workloads.EditAsync(operation, KubeResource.Deployments, live,
                [JsonEdit.Unchanged(live), new("replace", "/spec/strategy", new { type = "Recreate" })], stop);
        }
        live = await Workloads.EnsureImageAsync(operation, live, stop);
        var progress = await Workloads.JudgeAsync(operation, live, stop);
        if (progress.Outcome == Outcome.Done && StrategyEdits(operation, live) is { Count: > 0 } edits)
            await Workloads.EditAsync(operation, KubeResource.Deployments, live, [JsonEdit.Unchanged(live), .. edits], stop);
        return progress;
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await LiveAsync(operation, stop);
        if (operation.Record.Previous is null)
            return Progress.Done("Returned", "the workload was not changed by this operation");
        var edits = StrategyEdits(operation, live);
        if (!operation.RollsBack && !live.IsOf(operation.Record))
        {
            if (live.LaterThan(operation.Record) is null && edits.Count > 0)
                await Workloads.EditAsync(operation, KubeResource.Deployments, live, [JsonEdit.Unchanged(live), .. edits], stop);
            return Progress.Done("Returned", "the image was not changed by this operation");
        }
        return await Workloads.RestoreAsync(operation, live, stop, edits);
    }

    public async Task<Progress?> HoldAsync(OperationContext operation, CancellationToken stop) =>
        await Workloads.HoldAsync(operation, await LiveAsync(operation, stop), stop);

    private static IReadOnlyList<JsonEdit> StrategyEdits(OperationContext operation, KubeObject live) =>
        operation.Previous<WorkloadSnapshot>().UpdateStrategy is { } was && live.Root.At("spec", "strategy") is { } now && !JsonElement.DeepEquals(was, now)
            ? [new("replace", "/spec/strategy", was)]
            : [];

    private static async Task<KubeObject> LiveAsync(OperationContext operation, CancellationToken stop) =>
        await operation.Cluster.SeenAsync(KubeResource.Deployments, operation.Namespace, operation.Request.Workload.Name, stop)
        ?? throw await Workloads.MissingAsync(operation.Cluster, KubeResource.Deployments, operation.Request, stop);
}
