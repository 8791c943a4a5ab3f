using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>
/// Changes the source of an Argo CD <c>Application</c> – a kustomize image, a helm parameter or the target revision – and has it
/// synced. Done when a sync of exactly that source has succeeded and the application is Synced and Healthy for a while: health is
/// judged before the new source is even looked at, so by itself it says nothing.
/// </summary>
internal sealed class ArgoCdDriver : IDeployStrategy
{
    private static readonly KubeResource Resource = KubeResource.Applications;
    private static readonly Duration UsualStability = Duration.Seconds(5);
    private const string UsualRevision = "{{version}}";

    private static readonly string[] Targets = ["kustomize", "helm", "revision"];

    public string Name => StrategyNames.ArgoCd;

    public IReadOnlyList<string> Kinds => ["Application"];

    public bool LeavesTraces => false;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request)
    {
        var wrong = request.CheckNames("update", "parameter", "value", "stableFor")
            .Concat(request.CheckText("value", required: false))
            .Concat(request.CheckDuration("stableFor"))
            .Concat(request.CheckText("parameter", required: request.TextSetting("update") == "helm"));
        if (request.TextSetting("update") == "revision" && ImageParts.Of(request.Image).Fill(request.TextSetting("value") ?? UsualRevision).Length == 0)
            wrong = wrong.Append(("strategy.value", "the image has no tag to take the revision from; give a value"));
        return Targets.Contains(request.TextSetting("update") ?? "kustomize") ? wrong : wrong.Append(("strategy.update", $"must be one of {string.Join(", ", Targets)}"));
    }

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await CustomObjects.ReadAsync(cluster, Resource, request, stop);
        if (live.Root.At("spec", "source") is not { } source)
            throw new Refused("workload.name", "SeveralSources", "this Application has several sources; only spec.source is supported");
        var wanted = Wanted(source, request);
        return new Inspection(Json.ToElement(new CustomSnapshot(source, null)), JsonElement.DeepEquals(source, wanted)
            ? []
            : [new DeployPreflightChange { Container = "spec.source", From = source.GetRawText(), To = wanted.GetRawText() }]);
    }

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) => CustomObjects.Needs(Resource);

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await CustomObjects.ReadAsync(cluster, Resource, request, stop);
        await cluster.Api.EditAsync(Resource, request.Namespace, live.Name, [new("replace", "/spec/source", Wanted(live.Root.At("spec", "source")!.Value, request))], stop, dryRun: true);
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await CustomObjects.SeenAsync(operation, Resource, stop);
        if (live.LaterThan(operation.Record) is { } later)
            return Progress.Superseded(later);
        var wanted = Wanted(operation.Previous<CustomSnapshot>().Part!.Value, operation.Request);
        if (CustomObjects.IsToWrite(operation, live))
            live = await WriteAsync(operation, live, wanted, Stamps.Deployed, stop);
        if (!JsonElement.DeepEquals(live.Root.At("spec", "source") ?? default, wanted))
            return Progress.Failed("ChangedByOthers", "somebody has changed the source of the Application meanwhile");
        return Judge(operation, live, wanted);
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken stop)
    {
        var live = await CustomObjects.SeenAsync(operation, Resource, stop);
        if (operation.Record.Previous is null || !operation.RollsBack && !live.IsOf(operation.Record))
            return Progress.Done("Returned", "the Application was not changed by this operation");
        var before = operation.Previous<CustomSnapshot>().Part!.Value;
        if (!CustomObjects.IsReturned(operation, live))
            live = await WriteAsync(operation, live, before, Stamps.Returned, stop);
        var judged = Judge(operation, live, before);
        return judged.Outcome == Outcome.Running ? judged with { Reason = "Returning", State = null } : judged;
    }

    public Task<Progress?> HoldAsync(OperationContext operation, CancellationToken stop) => Task.FromResult<Progress?>(null);

    private static async Task<KubeObject> WriteAsync(OperationContext operation, KubeObject live, JsonElement source, string state, CancellationToken stop)
    {
        var edits = new List<JsonEdit> { new("replace", "/spec/source", source) };
        if (live.Root.At("spec", "syncPolicy", "automated") is null)
        {
            edits.Add(new("add", "/operation", new
            {
                initiatedBy = new { username = KubeApi.FieldManager },
                sync = new { revision = source.Text("targetRevision") },
                info = new[] { new { name = "operation", value = operation.Record.Id } }
            }));
        }
        return await CustomObjects.WriteAsync(operation, Resource, live, state, stop, edits);
    }

    private static Progress Judge(OperationContext operation, KubeObject live, JsonElement source)
    {
        var status = live.Root.At("status") ?? Json.ToElement(new { });
        foreach (var condition in status.Items("conditions"))
            if (condition.Text("type") is "InvalidSpecError" or "ComparisonError" or "SyncError" && status.At("sync", "comparedTo", "source") is { } about && JsonElement.DeepEquals(about, source))
                return Progress.Failed(condition.Text("type")!, condition.Text("message") ?? "");
        if (status.At("sync", "comparedTo", "source") is not { } compared || !JsonElement.DeepEquals(compared, source))
            return Progress.Running("WaitingForController", "Argo CD has not looked at the new source yet");
        var ours = status.At("operationState", "syncResult", "source") is { } synced && JsonElement.DeepEquals(synced, source);
        var sync = status.Text("sync", "status");
        var health = status.Text("health", "status");
        var seen = $"sync {sync}, health {health}, operation {status.Text("operationState", "phase")}: {status.Text("operationState", "message")}";
        if (ours && status.Text("operationState", "phase") is "Failed" or "Error")
            return Progress.Failed("SyncFailed", seen);
        if (!ours || status.Text("operationState", "phase") != "Succeeded" || sync != "Synced")
            return Progress.Running("Syncing", seen);
        if (health == "Degraded")
            return Progress.Failed("Degraded", status.Text("health", "message") ?? seen);
        if (health == "Suspended")
            return Progress.Paused(seen);
        if (health != "Healthy")
            return operation.State<Healthy>()?.Since is null
                ? Progress.Running("RollingOut", seen)
                : Progress.Remember(new Healthy(null), "RollingOut", seen);
        // It can flip back to Progressing a moment later.
        var stable = operation.Request.DurationSetting("stableFor", UsualStability).Value;
        if (operation.Record.Status.Intent != Intents.Deploy || stable == TimeSpan.Zero)
            return Progress.Done("Healthy", seen);
        if (operation.State<Healthy>()?.Since is not { } since)
            return Progress.Remember(new Healthy(operation.Now), "RollingOut", seen) with { LookAgain = stable };
        var left = since + stable - operation.Now;
        return left <= TimeSpan.Zero ? Progress.Done("Healthy", seen) : Progress.Running("RollingOut", $"{seen}; healthy, watched for another {left.TotalSeconds:0} s") with { LookAgain = left };
    }

    /// <summary>The source with the new image in it.</summary>
    private static JsonElement Wanted(JsonElement source, DeployOperationRequest request)
    {
        var parts = ImageParts.Of(request.Image);
        var wanted = JsonNode.Parse(source.GetRawText())!.AsObject();
        switch (request.TextSetting("update") ?? "kustomize")
        {
            case "revision":
                wanted["targetRevision"] = parts.Fill(request.TextSetting("value") ?? UsualRevision);
                break;
            case "helm":
                var parameters = Child<JsonArray>(Child<JsonObject>(wanted, "helm"), "parameters");
                var name = request.TextSetting("parameter")!;
                var value = parts.Fill(request.TextSetting("value") ?? "{{tag}}");
                if (parameters.FirstOrDefault(p => (string?)p?["name"] == name) is { } parameter)
                    parameter["value"] = value;
                else
                    parameters.Add(new JsonObject { ["name"] = name, ["value"] = value });
                break;
            default:
                var images = Child<JsonArray>(Child<JsonObject>(wanted, "kustomize"), "images");
                var replaced = request.TextSetting("parameter") ?? parts.Name;
                if (images.FirstOrDefault(i => i is not null && (Replaced((string)i!) == replaced || ImageParts.Of((string)i!).Name == parts.Name)) is { } image)
                    images.Remove(image);
                images.Add(JsonValue.Create(replaced == parts.Name ? request.Image : $"{replaced}={request.Image}"));
                break;
        }
        return JsonSerializer.SerializeToElement(wanted);
    }

    private static string Replaced(string image) => image.IndexOf('=') is > 0 and var equals ? image[..equals] : ImageParts.Of(image).Name;

    private static T Child<T>(JsonObject parent, string name) where T : JsonNode
    {
        if (parent[name] is T child)
            return child;
        var made = (T)(JsonNode)(typeof(T) == typeof(JsonArray) ? new JsonArray() : new JsonObject());
        parent[name] = made;
        return made;
    }

    private sealed record Healthy(DateTimeOffset? Since);
}
