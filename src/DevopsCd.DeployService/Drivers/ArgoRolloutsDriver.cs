using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>Sets the image of an Argo <c>Rollout</c>; the steps are its own, promote and abort are passed on to it.</summary>
internal sealed class ArgoRolloutsDriver : IDeployStrategy
{
    private static readonly KubeResource s_resource = KubeResource.Rollouts;

    public string Name => StrategyNames.ArgoRollouts;

    public IReadOnlyList<string> Kinds => ["Rollout"];

    public bool LeavesTraces => true;

    public bool TakesPromote => true;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request) => request.CheckNames();

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.ReadAsync(cluster, s_resource, request, cancellationToken);
        if (live.Root.At("spec", "workloadRef") is { } reference)
            throw new TargetRejectedException("workload.name", "RolloutByReference",
                $"this Rollout takes its template from {reference.Text("kind")} '{reference.Text("name")}'; it has no image of its own");
        var container = Workloads.ContainerOf(live, request);
        var image = Workloads.ImageOf(live, container);
        return new Inspection(Json.ToElement(new CustomSnapshot(live.Root.At("spec", "template"), image)),
            image == request.Image ? [] : [new DeployPreflightChange { Container = container, From = image, To = request.Image }]);
    }

    public DeployPrevious Before(JsonElement previous, DeployOperationRequest request)
    {
        var image = previous.Deserialize<CustomSnapshot>(Json.Options)!.Image;
        return new DeployPrevious { Image = image, Unchanged = Hands.Same(image, request.Image) };
    }

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) => CustomObjects.Needs(s_resource);

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.ReadAsync(cluster, s_resource, request, cancellationToken);
        await cluster.Api.EditAsync(s_resource, request.Namespace, live.Name, [Workloads.ImageEdit(live, request)], cancellationToken, dryRun: true);
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.SeenAsync(operation, s_resource, cancellationToken);
        if (await live.LaterThanAsync(operation, cancellationToken) is { } later)
            return Progress.Superseded(later);
        if (CustomObjects.IsToWrite(operation, live))
            live = await CustomObjects.WriteAsync(operation, s_resource, live, Stamps.Deployed, cancellationToken,
                [Workloads.ImageEdit(live, operation.Request), .. CustomObjects.LetGo(live, "paused")]);
        else if (Workloads.ContainerOf(live, operation.Request) is var container && !Hands.IsOurs(operation, live, container))
            return Progress.Failed(Hands.ChangedByOthers, Hands.Told(operation, live, container));
        var judged = Judge(live);
        var status = operation.Record.Status;
        var promoted = operation.State<Promoted>()?.Count ?? 0;
        if (judged.Outcome != Outcome.Paused || !status.PromoteAll && status.Promotions <= promoted)
            return judged;
        await operation.Cluster.Api.MergeStatusAsync(s_resource, operation.Namespace, live.Name,
            status.PromoteAll
                ? Json.ToElement(new { status = new { promoteFull = true } })
                : JsonSerializer.Deserialize<JsonElement>("""{"status":{"pauseConditions":null,"controllerPause":false}}"""), cancellationToken);
        return Progress.Remember(new Promoted(Math.Max(status.Promotions, promoted)), "Promoted", "the Rollout was told to go on",
            judged.Replicas) with
        { LookAgain = TimeSpan.FromSeconds(1) };
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.SeenAsync(operation, s_resource, cancellationToken);
        if (await CustomObjects.IsUntouchedAsync(operation, s_resource, live, cancellationToken))
            return Progress.Done("Returned", "the Rollout was not changed by this operation");
        var (container, before) = (Workloads.ContainerOf(live, operation.Request), operation.Previous<CustomSnapshot>().Image);
        var image = Workloads.ImageOf(live, container);
        if (live.IsOf(operation.Record) && !Hands.Same(image, before) && !Hands.IsOurs(operation, live, container))
            return Progress.Failed(Hands.ChangedByOthers, $"{Hands.Told(operation, live, container)}; it is left as it is");
        if (!CustomObjects.IsReturned(operation, live))
        {
            // Aborting sends the traffic back at once; the old template then makes the abort an end instead of a degraded state.
            if (live.Root.Text("status", "phase") is "Progressing" or "Paused" && !live.Root.Flag("status", "abort"))
            {
                operation.Learn(s_resource, await operation.Cluster.Api.MergeStatusAsync(s_resource, operation.Namespace, live.Name,
                    new { status = new { abort = true } }, cancellationToken));
                throw new ConcurrentChangeException("the Rollout was aborted");
            }
            live = await CustomObjects.WriteAsync(operation, s_resource, live, Stamps.Returned, cancellationToken,
                [Workloads.ImageEdit(live, container, before!), .. CustomObjects.LetGo(live, "paused")]);
        }
        var judged = Judge(live);
        return judged.Outcome switch
        {
            Outcome.Running or Outcome.Paused => judged with { Outcome = Outcome.Running, Reason = "Returning" },
            Outcome.Done => judged with { Message = $"returned to {operation.Previous<CustomSnapshot>().Image}: {judged.Message}" },
            _ => judged
        };
    }

    public async Task<Progress?> HoldAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.SeenAsync(operation, s_resource, cancellationToken);
        if (!live.IsOf(operation.Record))
            return null;
        if (!live.Root.Flag("spec", "paused"))
            live = await CustomObjects.WriteAsync(operation, s_resource, live, Stamps.Held, cancellationToken, new JsonEdit("add", "/spec/paused", true));
        return Progress.Done("Held", "the Rollout is paused where it was", Replicas(live));
    }

    private static Progress Judge(KubeObject live)
    {
        var replicas = Replicas(live);
        var message = live.Root.Text("status", "message");
        // The Rollout's observedGeneration is a text.
        if (live.Root.Text("status", "observedGeneration") != live.Generation.ToString())
            return Progress.Running("WaitingForController", "waiting for the controller to see the change", replicas);
        return live.Root.Text("status", "phase") switch
        {
            "Healthy" => Progress.Done("Healthy", message ?? "the Rollout is healthy", replicas),
            "Degraded" => Progress.Failed(live.Root.Flag("status", "abort") ? "Aborted" : "Degraded", message ?? "the Rollout is degraded", replicas),
            "Paused" => Progress.Paused(message ?? "the Rollout is paused", replicas),
            var phase => Progress.Running("RollingOut", message ?? $"the Rollout is {phase ?? "not judged yet"}", replicas)
        };
    }

    private static DeployReplicas Replicas(KubeObject live) => new()
    {
        Desired = live.Root.Number("spec", "replicas") ?? 1,
        Updated = live.Root.Number("status", "updatedReplicas") ?? 0,
        Available = live.Root.Number("status", "availableReplicas") ?? 0
    };

    private sealed record Promoted(int Count);
}
