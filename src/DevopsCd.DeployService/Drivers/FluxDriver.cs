using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>Writes the image into the values of a Flux <c>HelmRelease</c> and follows its conditions. A rollback by Flux is a failed deployment for us.</summary>
internal sealed class FluxDriver : IDeployStrategy
{
    private static readonly KubeResource s_resource = KubeResource.HelmReleases;
    private static readonly HashSet<string> s_good = ["InstallSucceeded", "UpgradeSucceeded", "TestSucceeded", "ReconciliationSucceeded"];

    public string Name => StrategyNames.Flux;

    public IReadOnlyList<string> Kinds => ["HelmRelease"];

    public bool LeavesTraces => false;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request) =>
        request.CheckNames(ValueSettings.Name).Concat(ValueSettings.Check(request));

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.ReadAsync(cluster, s_resource, request, cancellationToken);
        if (live.Root.Flag("spec", "suspend") && live.Annotation(Stamps.State) != Stamps.Held)
            throw new TargetRejectedException("workload.name", "Suspended", $"HelmRelease '{live.Name}' is suspended; nothing would be rolled out");
        return new Inspection(Json.ToElement(new CustomSnapshot(live.Root.At("spec", "values"), null)),
            [.. ValueSettings.Of(request).Select(v => (v.Key, Old: live.Root.Text(["spec", "values", .. v.Key.Split('.')]), New: v.Value))
                .Where(v => v.Old != v.New)
                .Select(v => new DeployPreflightChange { Container = v.Key, From = v.Old, To = v.New })]);
    }

    public DeployPrevious Before(JsonElement previous, DeployOperationRequest request)
    {
        var before = previous.Deserialize<CustomSnapshot>(Json.Options)!.Part;
        var values = ValueSettings.Of(request).Select(v => (Path: v.Key, Old: before?.Text(v.Key.Split('.')), New: v.Value)).ToList();
        return new DeployPrevious
        {
            Revision = string.Join(", ", values.Select(v => $"{v.Path}={v.Old ?? "unset"}")),
            Unchanged = values.TrueForAll(v => v.Old == v.New)
        };
    }

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) => CustomObjects.Needs(s_resource);

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.ReadAsync(cluster, s_resource, request, cancellationToken);
        await cluster.Api.EditAsync(s_resource, request.Namespace, live.Name,
            [new("add", "/spec/values", ValueSettings.Put(live.Root.At("spec", "values"), request))], cancellationToken, dryRun: true);
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.SeenAsync(operation, s_resource, cancellationToken);
        if (await live.LaterThanAsync(operation, cancellationToken) is { } later)
            return Progress.Superseded(later);
        if (CustomObjects.IsToWrite(operation, live))
        {
            return Judge(await CustomObjects.WriteAsync(operation, s_resource, live, Stamps.Deployed, cancellationToken,
                [new JsonEdit("add", "/spec/values", ValueSettings.Put(live.Root.At("spec", "values"), operation.Request)),
                    .. CustomObjects.LetGo(live, "suspend")]));
        }
        return ValueSettings.Of(operation.Request).Where(v => TextAt(live, v.Key) != v.Value).Select(v => v.Key).FirstOrDefault() is { } changed
            ? Progress.Failed(Hands.ChangedByOthers, Told(live, changed))
            : Judge(live);
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.SeenAsync(operation, s_resource, cancellationToken);
        if (await CustomObjects.IsUntouchedAsync(operation, s_resource, live, cancellationToken))
            return Progress.Done("Returned", "the HelmRelease was not changed by this operation");
        if (!CustomObjects.IsReturned(operation, live))
        {
            var before = operation.Previous<CustomSnapshot>().Part;
            // What is neither ours nor as it was is somebody else's; then all of it stays as it is.
            foreach (var (path, value) in ValueSettings.Of(operation.Request))
                if (TextAt(live, path) is var now && now != value && now != before?.Text(path.Split('.')))
                    return Progress.Failed(Hands.ChangedByOthers, $"{Told(live, path)}; it is left as it is");
            var values = ValueSettings.TakeBack(live.Root.At("spec", "values"), before, operation.Request);
            live = await CustomObjects.WriteAsync(operation, s_resource, live, Stamps.Returned, cancellationToken,
                [.. values is not null ? [new JsonEdit("add", "/spec/values", values)]
                    : live.Root.At("spec", "values") is null ? Array.Empty<JsonEdit>() : [new("remove", "/spec/values")],
                 .. CustomObjects.LetGo(live, "suspend")]);
        }
        var judged = Judge(live);
        return judged.Outcome == Outcome.Running ? judged with { Reason = "Returning" } : judged;
    }

    /// <summary>Suspends the release: Flux finishes the step it is in and starts no other.</summary>
    public async Task<Progress?> HoldAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.SeenAsync(operation, s_resource, cancellationToken);
        if (!live.IsOf(operation.Record))
            return null;
        if (!live.Root.Flag("spec", "suspend"))
            await CustomObjects.WriteAsync(operation, s_resource, live, Stamps.Held, cancellationToken, new JsonEdit("add", "/spec/suspend", true));
        return Progress.Done("Held", "the HelmRelease is suspended");
    }

    private static Progress Judge(KubeObject live)
    {
        if ((live.Root.Number("status", "observedGeneration") ?? 0) < live.Generation)
            return Progress.Running("WaitingForController", "waiting for the helm controller to see the change");
        if (live.Root.Condition("Stalled") is { } stalled && stalled.Text("status") == "True")
            return Progress.Failed(stalled.Text("reason") ?? "Stalled", stalled.Text("message") ?? "the release is stalled");
        if (live.Root.Condition("Remediated") is { } remediated && remediated.Text("status") == "True"
            && (remediated.Number("observedGeneration") ?? 0) >= live.Generation)
            return Progress.Failed(remediated.Text("reason") ?? "RollbackSucceeded", remediated.Text("message") ?? "Flux has rolled the release back");
        if (live.Root.Condition("Ready") is not { } ready || (ready.Number("observedGeneration") ?? live.Generation) < live.Generation)
            return Progress.Running("Reconciling", "not judged yet");
        var (reason, message) = (ready.Text("reason") ?? "", ready.Text("message") ?? "");
        return ready.Text("status") switch
        {
            "True" when s_good.Contains(reason) => Progress.Done(reason, message),
            "True" or "False" when reason.EndsWith("Failed", StringComparison.Ordinal)
                || reason is "RollbackSucceeded" or "UninstallSucceeded" => Progress.Failed(reason, message),
            _ => Progress.Running("Reconciling", message)
        };
    }

    private static string? TextAt(KubeObject live, string path) => live.Root.Text(["spec", "values", .. path.Split('.')]);

    private static string Told(KubeObject live, string path) =>
        $"somebody has set values.{path} of HelmRelease '{live.Name}' to '{TextAt(live, path)}' meanwhile";
}
