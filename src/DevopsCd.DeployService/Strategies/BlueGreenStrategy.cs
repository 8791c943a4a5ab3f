using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// The new version comes up beside the old one without traffic; then the Service's selector is switched in one write. The old pods
/// are kept for a while, in which the way back is one write too. After that the workload itself gets the new image, the Service its
/// selector back, and the second Deployment goes: the next operation finds the target under the name it always had. The old pods,
/// which have no traffic any more, end before their successors start: never are there more than twice the pods.
/// </summary>
internal sealed class BlueGreenStrategy : IDeployStrategy
{
    private const string Track = "next";

    private static readonly string UpdateStrategyPath = "/metadata/annotations/" + JsonEdit.Escape(Stamps.UpdateStrategy);

    public string Name => StrategyNames.BlueGreen;

    public IReadOnlyList<string> Kinds => ["Deployment"];

    public bool LeavesTraces => true;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request)
    {
        var wrong = request.CheckNames("service", "promote", "keepOld").Concat(request.CheckText("service", required: true)).Concat(request.CheckDuration("keepOld"));
        return request.Setting("promote") is not null && request.TextSetting("promote") is not ("auto" or "manual")
            ? wrong.Append(("strategy.promote", "must be auto or manual"))
            : wrong;
    }

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await Workloads.ReadAsync(cluster, request, stop);
        var name = request.TextSetting("service")!;
        var service = await cluster.Api.FindAsync(KubeResource.Services, request.Namespace, name, stop)
            ?? throw new Refused("strategy.service", "ServiceNotFound", $"Service '{name}' does not exist in namespace '{request.Namespace}'");
        var labels = live.Root.Map("spec", "template", "metadata", "labels");
        var selector = service.Root.Map("spec", "selector");
        if (selector.Count == 0 || selector.Any(s => labels.GetValueOrDefault(s.Key) != s.Value))
            throw new Refused("strategy.service", "ServiceSelectsOthers", $"Service '{name}' does not select the pods of this workload", passing: true);
        return Workloads.Inspect(live, request, service.Root.At("spec", "selector"));
    }

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request)
    {
        foreach (var verb in new[] { "get", "watch", "create", "patch", "delete" })
            yield return (verb, KubeResource.Deployments);
        yield return ("list", KubeResource.Pods);
        yield return ("patch", KubeResource.Services);
    }

    public int MorePods(DeployOperationRequest request, Inspection found) => found.Changes.Count == 0 ? 0 : found.Workload.Replicas ?? 1;

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await Workloads.ReadAsync(cluster, request, stop);
        await cluster.Api.ApplyAsync(KubeResource.Deployments, request.Namespace, live.Name, Workloads.Part(live, request, [], withVersion: false), force: true, dryRun: true, stop);
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken stop)
    {
        var old = await OldAsync(operation, stop);
        if (old.LaterThan(operation.Record) is { } later)
            return Progress.Superseded(later);
        if (old.IsOf(operation.Record) && old.Annotation(Stamps.State) == Stamps.Returned)
            throw new Again("the workload has been returned already");
        if (operation.Previous<WorkloadSnapshot>().Image == operation.Request.Image)
            return await Workloads.JudgeAsync(operation, await Workloads.EnsureImageAsync(operation, old, stop), stop);
        old = await SecondWorkload.ClaimAsync(operation, old, Track, stop);

        var next = await SecondWorkload.EnsureAsync(operation, old, Track, operation.Previous<WorkloadSnapshot>().Replicas ?? 1, Labels(operation), stop);
        if (next is null)
            return Progress.Running("RollingOut", "the second workload of an older operation is going away");
        var judged = await Workloads.JudgeAsync(operation, next, stop);
        if (judged.Outcome != Outcome.Done)
            return judged;
        var status = operation.Record.Status;
        if (operation.Request.TextSetting("promote") == "manual" && status.Promotions == 0 && !status.PromoteAll)
            return Progress.Paused("the new version is up beside the old one and waits for a promote", judged.Replicas);
        await SelectAsync(operation, Labels(operation), stop, required: true);
        var keep = operation.Request.DurationSetting("keepOld", default).Value;
        return Progress.Done("Switched", $"the Service selects the new pods; the old ones are kept for {keep.TotalSeconds:0} s", judged.Replicas)
            with
        { Tail = new Tail(operation.Now + keep) };
    }

    public async Task<Progress> FinishAsync(OperationContext operation, CancellationToken stop)
    {
        var old = await OldAsync(operation, stop);
        if (old.LaterThan(operation.Record) is not null)
            return Progress.Done("Finished", "a later operation has the workload");
        old = await SecondWorkload.PromoteAsync(operation, old, AllAtOnce(old), stop);
        var judged = await Workloads.JudgeAsync(operation, old, stop);
        if (judged.Outcome != Outcome.Done)
            return judged;
        await PutUpdateStrategyBackAsync(operation, old, stop);
        await SelectAsync(operation, operation.Previous<WorkloadSnapshot>().Traffic!.Value.Map(), stop);
        return await SecondWorkload.RemoveAsync(operation, Track, stop)
            ? Progress.Done("Finished", "the old pods are gone")
            : Progress.Running("Finishing", "the second workload is being removed");
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken stop)
    {
        if (operation.Record.Previous is null)
            return Progress.Done("Returned", "the workload was not changed by this operation");
        var old = await OldAsync(operation, stop);
        if (old.IsOf(operation.Record) || operation.RollsBack)
        {
            // As long as the old pods are untouched this is the whole way back; otherwise they are restored first.
            var untouched = old.Annotation(Stamps.State) == Track && old.IsOf(operation.Record);
            if (untouched)
                await SelectAsync(operation, operation.Previous<WorkloadSnapshot>().Traffic!.Value.Map(), stop);
            var restored = await Workloads.RestoreAsync(operation, old, stop);
            if (restored.Outcome != Outcome.Done)
                return restored;
            await PutUpdateStrategyBackAsync(operation, old, stop);
            await SelectAsync(operation, operation.Previous<WorkloadSnapshot>().Traffic!.Value.Map(), stop);
        }
        return await SecondWorkload.RemoveAsync(operation, Track, stop)
            ? Progress.Done("Returned", "the Service selects the old version again")
            : Progress.Running("Returning", "the second workload is being removed");
    }

    public Task<Progress?> HoldAsync(OperationContext operation, CancellationToken stop) => Task.FromResult<Progress?>(null);

    /// <summary>Sets the update strategy to Recreate, and beside it what it was: in the same write, for a crash may follow it.</summary>
    private static IEnumerable<JsonEdit> AllAtOnce(KubeObject old) =>
        old.Root.At("spec", "strategy") is { } was && was.Text("type") != "Recreate"
            ? [new("replace", "/spec/strategy", new { type = "Recreate" }), new("add", UpdateStrategyPath, was.GetRawText())]
            : [];

    private static async Task PutUpdateStrategyBackAsync(OperationContext operation, KubeObject old, CancellationToken stop)
    {
        if (old.Annotation(Stamps.UpdateStrategy) is { } was)
            await Workloads.EditAsync(operation, KubeResource.Deployments, old,
                [JsonEdit.Unchanged(old), new("replace", "/spec/strategy", JsonSerializer.Deserialize<JsonElement>(was)), new("remove", UpdateStrategyPath, null)], stop);
    }

    private static Dictionary<string, string> Labels(OperationContext operation)
    {
        var selector = operation.Previous<WorkloadSnapshot>().Traffic!.Value.Map();
        return SecondWorkload.Apart(selector, selector.Keys, Track);
    }

    private static async Task SelectAsync(OperationContext operation, Dictionary<string, string> selector, CancellationToken stop, bool required = false)
    {
        var name = operation.Request.TextSetting("service")!;
        var service = await operation.Cluster.SeenAsync(KubeResource.Services, operation.Namespace, name, stop);
        if (service is null && required)
            throw new Refused("strategy.service", "ServiceNotFound", $"Service '{name}' does not exist any more");
        // On the way to an end a Service that somebody has deleted selects nothing that would have to be put back.
        if (service is not null && !JsonElement.DeepEquals(Json.ToElement(selector), service.Root.At("spec", "selector") ?? default))
            await Workloads.EditAsync(operation, KubeResource.Services, service, [JsonEdit.Unchanged(service), new("replace", "/spec/selector", selector)], stop);
    }

    private static async Task<KubeObject> OldAsync(OperationContext operation, CancellationToken stop) =>
        await operation.Cluster.SeenAsync(KubeResource.Deployments, operation.Namespace, operation.Request.Workload.Name, stop)
        ?? throw await Workloads.MissingAsync(operation.Cluster, KubeResource.Deployments, operation.Request, stop);
}
