using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>Sets the image of an Argo <c>Rollout</c>; the steps are its own, promote and abort are passed on to it.</summary>
internal sealed class ArgoRolloutsDriver : IDeployStrategy
{
    private static readonly KubeResource Resource = KubeResource.Rollouts;

    public string Name => StrategyNames.ArgoRollouts;

    public IReadOnlyList<string> Kinds => ["Rollout"];

    public bool LeavesTraces => true;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request) => request.CheckNames();

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await CustomObjects.ReadAsync(cluster, Resource, request, stop);
        if (live.Root.At("spec", "workloadRef") is { } reference)
            throw new Refused("workload.name", "RolloutByReference", $"this Rollout takes its template from {reference.Text("kind")} '{reference.Text("name")}'; it has no image of its own");
        var container = Workloads.ContainerOf(live, request);
        var image = Workloads.ImageOf(live, container);
        return new Inspection(Json.ToElement(new CustomSnapshot(live.Root.At("spec", "template"), image)),
            image == request.Image ? [] : [new DeployPreflightChange { Container = container, From = image, To = request.Image }]);
    }

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) => CustomObjects.Needs(Resource);

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await CustomObjects.ReadAsync(cluster, Resource, request, stop);
        await cluster.Api.EditAsync(Resource, request.Namespace, live.Name, [ImageEdit(live, request)], stop, dryRun: true);
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await CustomObjects.SeenAsync(operation, Resource, stop);
        if (live.LaterThan(operation.Record) is { } later)
            return Progress.Superseded(later);
        if (CustomObjects.IsToWrite(operation, live))
            live = await CustomObjects.WriteAsync(operation, Resource, live, Stamps.Deployed, stop, ImageEdit(live, operation.Request));
        var judged = Judge(live);
        var status = operation.Record.Status;
        var promoted = operation.State<Promoted>()?.Count ?? 0;
        if (judged.Outcome != Outcome.Paused || !status.PromoteAll && status.Promotions <= promoted)
            return judged;
        await operation.Cluster.Api.MergeStatusAsync(Resource, operation.Namespace, live.Name,
            status.PromoteAll
                ? Json.ToElement(new { status = new { promoteFull = true } })
                : JsonSerializer.Deserialize<JsonElement>("""{"status":{"pauseConditions":null,"controllerPause":false}}"""), stop);
        return Progress.Remember(new Promoted(Math.Max(status.Promotions, promoted)), "Promoted", "the Rollout was told to go on", judged.Replicas) with { LookAgain = TimeSpan.FromSeconds(1) };
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await CustomObjects.SeenAsync(operation, Resource, stop);
        if (operation.Record.Previous is null || !operation.RollsBack && !live.IsOf(operation.Record))
            return Progress.Done("Returned", "the Rollout was not changed by this operation");
        if (!CustomObjects.IsReturned(operation, live))
        {
            // Aborting sends the traffic back at once; the old template then makes the abort an end instead of a degraded state.
            if (live.Root.Text("status", "phase") is "Progressing" or "Paused" && !live.Root.Flag("status", "abort"))
            {
                operation.Cluster.Learn(Resource, await operation.Cluster.Api.MergeStatusAsync(Resource, operation.Namespace, live.Name, new { status = new { abort = true } }, stop));
                throw new Again("the Rollout was aborted");
            }
            live = await CustomObjects.WriteAsync(operation, Resource, live, Stamps.Returned, stop, [new JsonEdit("replace", "/spec/template", operation.Previous<CustomSnapshot>().Part)]);
        }
        var judged = Judge(live);
        return judged.Outcome is Outcome.Running or Outcome.Paused ? judged with { Outcome = Outcome.Running, Reason = "Returning" } : judged;
    }

    public async Task<Progress?> HoldAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await CustomObjects.SeenAsync(operation, Resource, stop);
        if (!live.IsOf(operation.Record))
            return null;
        if (!live.Root.Flag("spec", "paused"))
            live = await CustomObjects.WriteAsync(operation, Resource, live, Stamps.Held, stop, new JsonEdit("add", "/spec/paused", true));
        return Progress.Done("Held", "the Rollout is paused where it was", Replicas(live));
    }

    private static JsonEdit ImageEdit(KubeObject live, DeployOperationRequest request)
    {
        var container = Workloads.ContainerOf(live, request);
        var index = Array.FindIndex(live.Root.Items("spec", "template", "spec", "containers"), c => c.Text("name") == container);
        return new("replace", $"/spec/template/spec/containers/{index}/image", request.Image);
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
