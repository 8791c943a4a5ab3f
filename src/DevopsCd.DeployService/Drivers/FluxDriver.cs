using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>Writes the image into the values of a Flux <c>HelmRelease</c> and follows its conditions. A rollback by Flux is a failed deployment for us.</summary>
internal sealed class FluxDriver : IDeployStrategy
{
    private static readonly KubeResource Resource = KubeResource.HelmReleases;
    private static readonly HashSet<string> Good = ["InstallSucceeded", "UpgradeSucceeded", "TestSucceeded", "ReconciliationSucceeded"];

    public string Name => StrategyNames.Flux;

    public IReadOnlyList<string> Kinds => ["HelmRelease"];

    public bool LeavesTraces => false;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request) => request.CheckNames(ValueSettings.Name).Concat(ValueSettings.Check(request));

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await CustomObjects.ReadAsync(cluster, Resource, request, stop);
        if (live.Root.Flag("spec", "suspend"))
            throw new Refused("workload.name", "Suspended", $"HelmRelease '{live.Name}' is suspended; nothing would be rolled out");
        return new Inspection(Json.ToElement(new CustomSnapshot(live.Root.At("spec", "values"), null)),
            [.. ValueSettings.Of(request).Select(v => (v.Key, Old: live.Root.Text(["spec", "values", .. v.Key.Split('.')]), New: v.Value)).Where(v => v.Old != v.New)
                .Select(v => new DeployPreflightChange { Container = v.Key, From = v.Old, To = v.New })]);
    }

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) => CustomObjects.Needs(Resource);

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await CustomObjects.ReadAsync(cluster, Resource, request, stop);
        await cluster.Api.EditAsync(Resource, request.Namespace, live.Name, [new("add", "/spec/values", Wanted(live.Root.At("spec", "values"), request))], stop, dryRun: true);
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await CustomObjects.SeenAsync(operation, Resource, stop);
        if (live.LaterThan(operation.Record) is { } later)
            return Progress.Superseded(later);
        if (CustomObjects.IsToWrite(operation, live))
        {
            live = await CustomObjects.WriteAsync(operation, Resource, live, Stamps.Deployed, stop,
                new JsonEdit("add", "/spec/values", Wanted(live.Root.At("spec", "values"), operation.Request)));
        }
        return Judge(live);
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await CustomObjects.SeenAsync(operation, Resource, stop);
        if (operation.Record.Previous is null || !operation.RollsBack && !live.IsOf(operation.Record))
            return Progress.Done("Returned", "the HelmRelease was not changed by this operation");
        if (!CustomObjects.IsReturned(operation, live))
        {
            var before = operation.Previous<CustomSnapshot>().Part;
            IEnumerable<JsonEdit> edits = before is not null ? [new("add", "/spec/values", before)] : live.Root.At("spec", "values") is null ? [] : [new("remove", "/spec/values")];
            live = await CustomObjects.WriteAsync(operation, Resource, live, Stamps.Returned, stop, edits);
        }
        var judged = Judge(live);
        return judged.Outcome == Outcome.Running ? judged with { Reason = "Returning" } : judged;
    }

    /// <summary>Suspends the release: Flux finishes the step it is in and starts no other.</summary>
    public async Task<Progress?> HoldAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await CustomObjects.SeenAsync(operation, Resource, stop);
        if (!live.IsOf(operation.Record))
            return null;
        if (!live.Root.Flag("spec", "suspend"))
            await CustomObjects.WriteAsync(operation, Resource, live, Stamps.Held, stop, new JsonEdit("add", "/spec/suspend", true));
        return Progress.Done("Held", "the HelmRelease is suspended");
    }

    private static Progress Judge(KubeObject live)
    {
        if ((live.Root.Number("status", "observedGeneration") ?? 0) < live.Generation)
            return Progress.Running("WaitingForController", "waiting for the helm controller to see the change");
        if (live.Root.Condition("Stalled") is { } stalled && stalled.Text("status") == "True")
            return Progress.Failed(stalled.Text("reason") ?? "Stalled", stalled.Text("message") ?? "the release is stalled");
        if (live.Root.Condition("Remediated") is { } remediated && remediated.Text("status") == "True" && (remediated.Number("observedGeneration") ?? 0) >= live.Generation)
            return Progress.Failed(remediated.Text("reason") ?? "RollbackSucceeded", remediated.Text("message") ?? "Flux has rolled the release back");
        if (live.Root.Condition("Ready") is not { } ready || (ready.Number("observedGeneration") ?? live.Generation) < live.Generation)
            return Progress.Running("Reconciling", "not judged yet");
        var (reason, message) = (ready.Text("reason") ?? "", ready.Text("message") ?? "");
        return ready.Text("status") switch
        {
            "True" when Good.Contains(reason) => Progress.Done(reason, message),
            "True" or "False" when reason.EndsWith("Failed", StringComparison.Ordinal) || reason is "RollbackSucceeded" or "UninstallSucceeded" => Progress.Failed(reason, message),
            _ => Progress.Running("Reconciling", message)
        };
    }

    private static JsonNode Wanted(JsonElement? values, DeployOperationRequest request)
    {
        var wanted = values is { ValueKind: JsonValueKind.Object } v ? JsonNode.Parse(v.GetRawText())!.AsObject() : [];
        foreach (var (path, value) in ValueSettings.Of(request))
        {
            var steps = path.Split('.');
            var parent = wanted;
            foreach (var step in steps[..^1])
            {
                if (parent[step] is not JsonObject child)
                    parent[step] = child = [];
                parent = child;
            }
            parent[steps[^1]] = value;
        }
        return wanted;
    }
}
