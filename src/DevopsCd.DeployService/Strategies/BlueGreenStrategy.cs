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
internal sealed class BlueGreenStrategy(OperationStore store) : IDeployStrategy
{
    public const string Track = "next";

    public string Name => StrategyNames.BlueGreen;

    public IReadOnlyList<string> Kinds => ["Deployment"];

    public bool LeavesTraces => true;

    public bool TakesPromote => true;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request)
    {
        var wrong = request.CheckNames("service", "promote", "keepOld").Concat(request.CheckObjectName("service", required: true))
            .Concat(request.CheckDuration("keepOld"));
        return request.Setting("promote") is not null && request.TextSetting("promote") is not ("auto" or "manual")
            ? wrong.Append(("strategy.promote", "must be auto or manual"))
            : wrong;
    }

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var live = await Workloads.ReadAsync(cluster, request, cancellationToken);
        await SecondWorkload.CheckNameAsync(cluster, request, live, Track, store.FindAsync, cancellationToken);
        ServicePin.Check(live);
        var name = request.TextSetting("service")!;
        var service = await cluster.Api.FindAsync(KubeResource.Services, request.Namespace, name, cancellationToken)
            ?? throw new TargetRejectedException("strategy.service", "ServiceNotFound", $"Service '{name}' does not exist in namespace '{request.Namespace}'");
        ServicePin.Check(live, service, "strategy.service");
        var labels = live.Root.Map("spec", "template", "metadata", "labels");
        var selector = service.Root.Map("spec", "selector");
        if (selector.Count == 0 || selector.Any(s => labels.GetValueOrDefault(s.Key) != s.Value))
            throw new TargetRejectedException("strategy.service", "ServiceSelectsOthers", $"Service '{name}' does not select the pods of this workload",
                passing: true);
        await ServicePin.CheckPodsAsync(cluster, live, cancellationToken);
        return Workloads.Inspect(live, request, service.Root.At("spec", "selector"));
    }

    public DeployPrevious Before(JsonElement previous, DeployOperationRequest request) => Workloads.Before(previous, request);

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request)
    {
        foreach (var verb in new[] { "get", "watch", "create", "patch", "delete" })
            yield return (verb, KubeResource.Deployments);
        yield return ("list", KubeResource.Pods);
        yield return ("list", KubeResource.ReplicaSets);
        yield return ("patch", KubeResource.Services);
    }

    public int MorePods(DeployOperationRequest request, Inspection found) => found.Changes.Count == 0 ? 0 : found.Workload.Replicas ?? 1;

    public Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken) =>
        Workloads.DryRunAsync(cluster, request, cancellationToken);

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var old = await OldAsync(operation, cancellationToken);
        if (await old.LaterThanAsync(operation, cancellationToken) is { } later)
            return Progress.Superseded(later);
        if (old.IsOf(operation.Record) && old.Annotation(Stamps.State) == Stamps.Returned)
            throw new ConcurrentChangeException("the workload has been returned already");
        if (await Hands.FindAsync(operation, old, cancellationToken) is { } hand)
            return Progress.Failed(Hands.ChangedByOthers, hand);
        var previous = operation.Previous<WorkloadSnapshot>();
        // Where nothing changes or nothing runs there is nothing to switch; no pods stay no pods.
        if (previous.Image == operation.Request.Image || previous.Replicas == 0)
            return await Workloads.JudgeAsync(operation, await Workloads.EnsureImageAsync(operation, old, cancellationToken), cancellationToken);
        old = await SecondWorkload.ClaimAsync(operation, old, Track, cancellationToken);
        if (!await Hands.HasTemplateAsync(operation, old, cancellationToken))
            return Progress.Failed(Hands.ChangedByOthers,
                $"somebody has changed the pod template of Deployment '{old.Name}' since operation {operation.Record.Id} began");

        var service = await ServiceAsync(operation, cancellationToken)
            ?? throw new TargetRejectedException("strategy.service", "ServiceNotFound", $"Service '{ServiceOf(operation)}' no longer exists");
        var switched = IsSwitched(operation, service);
        if (!switched && await PinAsync(operation, old, service, cancellationToken) is { } waiting)
            return waiting;
        // As many as the old ones are now: an autoscaler, or a person, goes on while this waits.
        var next = await SecondWorkload.EnsureAsync(operation, old, Track, old.Root.Number("spec", "replicas") ?? 1, scale: !switched, mustBeThere: switched,
            cancellationToken);
        if (next is null)
            return Progress.Running("RollingOut", "the second workload of an older operation is going away");
        var judged = await Workloads.JudgeAsync(operation, next, cancellationToken);
        if (judged.Outcome != Outcome.Done)
            return judged;
        var status = operation.Record.Status;
        if (!switched && operation.Request.TextSetting("promote") == "manual" && status.Promotions == 0 && !status.PromoteAll)
            return Progress.Paused("the new version is up beside the old one and waits for a promote", judged.Replicas);
        if (await SelectAsync(operation, service, ServicePin.Of(Recorded(operation), next, Track), cancellationToken) is { } elsewhere)
            return Progress.Failed(Hands.ChangedByOthers, elsewhere, judged.Replicas);
        var keep = operation.Request.DurationSetting("keepOld", default).Value;
        return Progress.Done("Switched", $"the Service selects the new pods; the old ones are kept for {keep.TotalSeconds:0} s", judged.Replicas)
            with
        { Tail = new PostSuccessWork(operation.Now + keep) };
    }

    public async Task<Progress> FinishAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var old = await OldAsync(operation, cancellationToken);
        if (await old.LaterThanAsync(operation, cancellationToken) is not null)
            return Progress.Done("Finished", "a later operation has the workload");
        // What somebody has made of the old workload meanwhile is what he wants to run under its name.
        var hand = await Hands.FindAsync(operation, old, cancellationToken);
        if (hand is null)
            old = await SecondWorkload.PromoteAsync(operation, old, [.. LentStrategy.Take(old), .. await ServingSizeAsync(operation, old, cancellationToken)],
                cancellationToken);
        var judged = hand is null ? await Workloads.JudgeAsync(operation, old, cancellationToken) : Workloads.Judge(old);
        if (judged.Outcome != Outcome.Done)
            return judged;
        await LentStrategy.GiveBackAsync(operation, old, cancellationToken);
        var elsewhere = await ServiceAsync(operation, cancellationToken) is { } service
            ? await SelectAsync(operation, service, Recorded(operation), cancellationToken) : null;
        return await SecondWorkload.RemoveAsync(operation, Track, cancellationToken)
            ? Progress.Done("Finished", string.Join("; ", new[] { "the old pods are gone", hand, elsewhere }.OfType<string>()))
            : Progress.Running("Finishing", "the second workload is being removed");
    }

    public async Task<string?> DisturbedAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        if (await ServiceAsync(operation, cancellationToken) is { } seen && IsSwitched(operation, seen))
            return null;
        // Another replica's switch may not have come to this one's watch yet.
        var service = await operation.RereadAsync(KubeResource.Services, ServiceOf(operation), cancellationToken);
        return service is null ? $"Service '{ServiceOf(operation)}' no longer exists"
            : IsSwitched(operation, service) ? null
            : $"{ServicePin.PointedAt(operation, service)}; it is left as it is, so both versions may serve until the old pods go; a rollback gives the old version all the traffic";
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        if (operation.Record.Previous is null)
            return Progress.Done("Returned", "the workload was not changed by this operation");
        var old = await OldAsync(operation, cancellationToken);
        if (!operation.RollsBack && await old.LaterThanAsync(operation, cancellationToken) is not null)
            return await SecondWorkload.RemoveAsync(operation, Track, cancellationToken) ? Progress.Done("Returned", "a later operation has the workload")
                : Progress.Running("Returning", "the second workload is being removed");
        // As long as the old pods are untouched this is the whole way back; otherwise they are restored first.
        if (IsUntouched(operation, old) && await BackToOldAsync(operation, old, cancellationToken) is { } first && first.Outcome != Outcome.Failed)
            return first;
        var restored = await Workloads.RestoreAsync(operation, old, cancellationToken, LentStrategy.GiveBack(operation, old));
        if (restored.Outcome != Outcome.Done && restored.Reason != Hands.ChangedByOthers)
            return restored;
        return await LeaveAsync(operation, old, restored.Outcome == Outcome.Failed ? restored : null, "Returning", cancellationToken)
            ?? Progress.Done("Returned", Workloads.ReturnedTo(operation, await ServiceAsync(operation, cancellationToken) is null
                ? $"the old pods run, but Service '{ServiceOf(operation)}' no longer exists: nothing sends them traffic"
                : "the Service selects the old version again"));
    }

    public async Task<Progress> ClearAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var old = await operation.SeenAsync(KubeResource.Deployments, operation.Request.Workload.Name, cancellationToken);
        if (old is not null)
        {
            old = await LentStrategy.GiveBackAsync(operation, old, cancellationToken);
            if (await Workloads.JudgeAsync(operation, old, cancellationToken) is { Outcome: Outcome.Running } waiting)
                return waiting with { Reason = "Clearing" };
        }
        return await LeaveAsync(operation, old, null, "Clearing", cancellationToken) is { } left && left.Outcome != Outcome.Failed ? left
            : Progress.Done("Cleared", "");
    }

    public Task<Progress?> HoldAsync(OperationContext operation, CancellationToken cancellationToken) => Task.FromResult<Progress?>(null);

    /// <summary>Gives the old pods the traffic, takes the second workload away, and the Service has its selector again; null when all that is so.</summary>
    private static async Task<Progress?> LeaveAsync(OperationContext operation, KubeObject? old, Progress? hand, string reason,
        CancellationToken cancellationToken)
    {
        if (old is not null && await BackToOldAsync(operation, old, cancellationToken) is { } moving)
        {
            if (moving.Outcome != Outcome.Failed)
                return moving;
            hand ??= moving;
        }
        if (!await SecondWorkload.RemoveAsync(operation, Track, cancellationToken))
            return Progress.Running(reason, "the second workload is being removed");
        if (await ServiceAsync(operation, cancellationToken) is { } service)
        {
            var selector = service.Root.Map("spec", "selector");
            if (ServicePin.IsPinned(selector, Recorded(operation)) || IsSwitched(operation, service) || service.IsOf(operation.Record))
                await SelectAsync(operation, service, Recorded(operation), cancellationToken);
            else if (ServicePin.Same(selector, Recorded(operation)))
                await ServicePin.FenceAsync(operation, KubeResource.Services, service.Name, cancellationToken);
        }
        return hand;
    }

    /// <summary>Switches the Service from the new pods to the old ones alone; null when it does not select the new ones.</summary>
    private static async Task<Progress?> BackToOldAsync(OperationContext operation, KubeObject old, CancellationToken cancellationToken)
    {
        // On the way to an end a Service that somebody has deleted selects nothing that would have to be put back.
        if (await ServiceAsync(operation, cancellationToken) is not { } service)
            return null;
        var recorded = Recorded(operation);
        var selector = service.Root.Map("spec", "selector");
        if (!IsSwitched(operation, service))
        {
            return ServicePin.Same(selector, recorded) || ServicePin.IsPinned(selector, recorded)
                ? null
                : Progress.Failed(Hands.ChangedByOthers, $"somebody has pointed Service '{service.Name}' elsewhere; it is left as it is");
        }
        var (hash, several) = await ServicePin.HashOfAsync(operation.Cluster, old, cancellationToken);
        if (several)
            return Progress.Running("Returning", $"waiting for Deployment '{old.Name}' to have pods of one ReplicaSet only");
        await SelectAsync(operation, service, hash is null ? recorded : ServicePin.PinnedTo(recorded, hash), cancellationToken);
        return null;
    }

    /// <summary>Keeps the new pods out of the Service before they come; null once that is so.</summary>
    private static async Task<Progress?> PinAsync(OperationContext operation, KubeObject old, KubeObject service, CancellationToken cancellationToken)
    {
        var recorded = Recorded(operation);
        if (ServicePin.IsPinned(service.Root.Map("spec", "selector"), recorded))
            return null;
        if (!RolloutStatus.Of(old).Observed)
            return Progress.Running("WaitingForController", "waiting for the controller to see the change");
        var (hash, several) = await ServicePin.HashOfAsync(operation.Cluster, old, cancellationToken);
        if (several)
            return Progress.Running("RollingOut", $"waiting for Deployment '{old.Name}' to have pods of one ReplicaSet only");
        return hash is not null && await SelectAsync(operation, service, ServicePin.PinnedTo(recorded, hash), cancellationToken) is { } elsewhere
            ? Progress.Failed(Hands.ChangedByOthers, elsewhere)
            : null;
    }

    /// <summary>Without traffic an autoscaler takes the old pods away; those that serve now say how many there must be.</summary>
    private static async Task<IEnumerable<JsonEdit>> ServingSizeAsync(OperationContext operation, KubeObject old, CancellationToken cancellationToken)
    {
        var name = SecondWorkload.NameOf(old.Name, Track);
        if (await operation.SeenAsync(KubeResource.Deployments, name, cancellationToken) is not { } next
            || next.Root.Number("spec", "replicas") is not { } serving || serving <= (old.Root.Number("spec", "replicas") ?? 1)
            || await Autoscalers.FindAsync(operation.Cluster, operation.Request, cancellationToken) is null)
            return [];
        return [new("replace", "/spec/replicas", serving)];
    }

    private static bool IsUntouched(OperationContext operation, KubeObject old) => old.IsOf(operation.Record) && old.Annotation(Stamps.State) == Track;

    private static string ServiceOf(OperationContext operation) => operation.Request.TextSetting("service")!;

    private static Task<KubeObject?> ServiceAsync(OperationContext operation, CancellationToken cancellationToken) =>
        operation.SeenAsync(KubeResource.Services, ServiceOf(operation), cancellationToken);

    private static Dictionary<string, string> Recorded(OperationContext operation) => operation.Previous<WorkloadSnapshot>().Traffic!.Value.Map();

    private static bool IsSwitched(OperationContext operation, KubeObject service) =>
        ServicePin.IsSwitched(service.Root.Map("spec", "selector"), Recorded(operation), Track);

    private static Task<string?> SelectAsync(OperationContext operation, KubeObject service, IReadOnlyDictionary<string, string> wanted,
        CancellationToken cancellationToken) =>
        ServicePin.SelectAsync(operation, service, Recorded(operation), Track, wanted, cancellationToken);

    private static async Task<KubeObject> OldAsync(OperationContext operation, CancellationToken cancellationToken) =>
        await operation.SeenAsync(KubeResource.Deployments, operation.Request.Workload.Name, cancellationToken)
        ?? throw await Workloads.MissingAsync(operation.Cluster, KubeResource.Deployments, operation.Request, cancellationToken);
}
