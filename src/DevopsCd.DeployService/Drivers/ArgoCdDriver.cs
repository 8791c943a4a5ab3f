using System.Text.Json;
using System.Text.Json.Nodes;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.DeployService.Strategies;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Drivers;

/// <summary>
/// Changes the source of an Argo CD <c>Application</c> – a kustomize image, a helm parameter or the target revision – and has it
/// synced. Done when a sync of exactly that source has succeeded and the application is Synced and Healthy for a while: health is
/// judged before the new source is even looked at, so by itself it says nothing.
/// </summary>
internal sealed class ArgoCdDriver : IDeployStrategy
{
    private static readonly KubeResource s_resource = KubeResource.Applications;
    private static readonly Duration s_usualStability = Duration.Seconds(5);
    private const string UsualRevision = "{{version}}";

    private static readonly string[] s_targets = ["kustomize", "helm", "revision"];

    public string Name => StrategyNames.ArgoCd;

    public IReadOnlyList<string> Kinds => ["Application"];

    public bool LeavesTraces => false;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request)
    {
        foreach (var wrong in request.CheckNames("update", "parameter", "value", "stableFor")
            .Concat(request.CheckText("value", required: false))
            .Concat(request.CheckDuration("stableFor"))
            .Concat(request.CheckText("parameter", required: request.TextSetting("update") == "helm")))
            yield return wrong;
        var update = request.Setting("update") is null ? "kustomize" : request.TextSetting("update");
        if (!s_targets.Contains(update))
        {
            yield return ("strategy.update", $"must be one of {string.Join(", ", s_targets)}");
            yield break;
        }
        if (update == "revision" && request.Setting("parameter") is not null)
            yield return ("strategy.parameter", "means nothing with update: revision");
        if (update == "kustomize" && request.Setting("value") is not null)
            yield return ("strategy.value", "means nothing with update: kustomize, which always writes the image");
        var parts = ImageParts.Of(request.Image);
        if (update == "kustomize" && parts.Tag.Length == 0)
            yield return ("image", "must have a tag or a digest: without one kustomize keeps what it has");
        if (update != "kustomize" && parts.WrongIn(ValueOf(request, update)) is { } unfit)
            yield return ("strategy.value", request.Setting("value") is null ? "the image has no tag to take it from; give a value" : unfit);
    }

    private static string ValueOf(DeployOperationRequest request, string? update) =>
        request.TextSetting("value") ?? (update == "revision" ? UsualRevision : "{{tag}}");

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.ReadAsync(cluster, s_resource, request, cancellationToken);
        if (live.Root.At("spec", "source") is not { } source)
            throw new TargetRejectedException("workload.name", "SeveralSources", "this Application has several sources; only spec.source is supported");
        var wanted = Wanted(source, request);
        return new Inspection(Json.ToElement(new CustomSnapshot(source, null)), JsonElement.DeepEquals(source, wanted)
            ? []
            : [new DeployPreflightChange { Container = "spec.source", From = source.GetRawText(), To = wanted.GetRawText() }]);
    }

    public DeployPrevious Before(JsonElement previous, DeployOperationRequest request)
    {
        var source = previous.Deserialize<CustomSnapshot>(Json.Options)!.Part!.Value;
        return new DeployPrevious { Revision = Told(source, request), Unchanged = JsonElement.DeepEquals(source, Wanted(source, request)) };
    }

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) => CustomObjects.Needs(s_resource);

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.ReadAsync(cluster, s_resource, request, cancellationToken);
        await cluster.Api.EditAsync(s_resource, request.Namespace, live.Name,
            [new("replace", "/spec/source", Wanted(live.Root.At("spec", "source")!.Value, request))], cancellationToken, dryRun: true);
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.SeenAsync(operation, s_resource, cancellationToken);
        if (await live.LaterThanAsync(operation, cancellationToken) is { } later)
            return Progress.Superseded(later);
        var wanted = Wanted(operation.Previous<CustomSnapshot>().Part!.Value, operation.Request);
        if (CustomObjects.IsToWrite(operation, live))
            live = await WriteAsync(operation, live, wanted, Stamps.Deployed, cancellationToken);
        if (!JsonElement.DeepEquals(live.Root.At("spec", "source") ?? default, wanted))
            return Progress.Failed(Hands.ChangedByOthers, "somebody has changed the source of the Application meanwhile");
        return Judge(operation, live, wanted);
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var live = await CustomObjects.SeenAsync(operation, s_resource, cancellationToken);
        if (await CustomObjects.IsUntouchedAsync(operation, s_resource, live, cancellationToken))
            return Progress.Done("Returned", "the Application was not changed by this operation");
        var before = operation.Previous<CustomSnapshot>().Part!.Value;
        var source = live.Root.At("spec", "source") ?? default;
        if (live.IsOf(operation.Record) && !JsonElement.DeepEquals(source, before) && !JsonElement.DeepEquals(source, Wanted(before, operation.Request)))
            return Progress.Failed(Hands.ChangedByOthers, "somebody has changed the source of the Application meanwhile; it is left as it is");
        if (!CustomObjects.IsReturned(operation, live))
            live = await WriteAsync(operation, live, before, Stamps.Returned, cancellationToken);
        var judged = Judge(operation, live, before);
        return judged.Outcome == Outcome.Running ? judged with { Reason = "Returning", State = null } : judged;
    }

    public Task<Progress?> HoldAsync(OperationContext operation, CancellationToken cancellationToken) => Task.FromResult<Progress?>(null);

    private static async Task<KubeObject> WriteAsync(OperationContext operation, KubeObject live, JsonElement source, string state,
        CancellationToken cancellationToken)
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
        return await CustomObjects.WriteAsync(operation, s_resource, live, state, cancellationToken, edits);
    }

    private static Progress Judge(OperationContext operation, KubeObject live, JsonElement source)
    {
        var status = live.Root.At("status") ?? Json.ToElement(new { });
        foreach (var condition in status.Items("conditions"))
            if (condition.Text("type") is "InvalidSpecError" or "ComparisonError" or "SyncError" && status.At("sync", "comparedTo", "source") is { } about
                && JsonElement.DeepEquals(about, source))
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
        var stable = operation.Request.DurationSetting("stableFor", s_usualStability).Value;
        if (operation.Record.Status.Intent != OperationIntent.Deploy || stable == TimeSpan.Zero)
            return Progress.Done("Healthy", seen);
        if (operation.State<Healthy>()?.Since is not { } since)
            return Progress.Remember(new Healthy(operation.Now), "RollingOut", seen) with { LookAgain = stable };
        var left = since + stable - operation.Now;
        return left <= TimeSpan.Zero ? Progress.Done("Healthy", seen)
            : Progress.Running("RollingOut", $"{seen}; healthy, watched for another {left.TotalSeconds:0} s") with { LookAgain = left };
    }

    /// <summary>The source with the new image in it.</summary>
    private static JsonElement Wanted(JsonElement source, DeployOperationRequest request)
    {
        var parts = ImageParts.Of(request.Image);
        var wanted = JsonNode.Parse(source.GetRawText())!.AsObject();
        switch (request.TextSetting("update") ?? "kustomize")
        {
            case "revision":
                wanted["targetRevision"] = parts.Fill(ValueOf(request, "revision"));
                break;
            case "helm":
                var parameters = Child<JsonArray>(Child<JsonObject>(wanted, "helm"), "parameters");
                var name = request.TextSetting("parameter")!;
                var value = parts.Fill(ValueOf(request, "helm"));
                if (parameters.FirstOrDefault(p => (string?)p?["name"] == name) is { } parameter)
                    parameter["value"] = value;
                else
                    parameters.Add(new JsonObject { ["name"] = name, ["value"] = value });
                break;
            default:
                var images = Child<JsonArray>(Child<JsonObject>(wanted, "kustomize"), "images");
                var replaced = request.TextSetting("parameter") ?? parts.Name;
                if (images.FirstOrDefault(
                    i => i is not null && (Replaced((string)i!) == replaced || ImageParts.Of((string)i!).Name == parts.Name)) is { } image)
                    images.Remove(image);
                // Without the name in front, a kustomize that knows no tag beside a digest would look for an image called app:1.2, find none, and change nothing.
                var byItself = replaced == parts.Name && (parts.Version.Length == 0 || parts.Digest.Length == 0);
                images.Add(JsonValue.Create(byItself ? request.Image : $"{replaced}={request.Image}"));
                break;
        }
        return JsonSerializer.SerializeToElement(wanted);
    }

    /// <summary>What the request would write, as it is in a source: short enough for people.</summary>
    private static string Told(JsonElement source, DeployOperationRequest request) => (request.TextSetting("update") ?? "kustomize") switch
    {
        "revision" => source.Text("targetRevision") ?? "unset",
        "helm" => $"{request.TextSetting("parameter")}={source.Items("helm", "parameters")
            .Where(p => p.Text("name") == request.TextSetting("parameter")).Select(p => p.Text("value")).FirstOrDefault() ?? "unset"}",
        _ => string.Join(", ", source.Items("kustomize", "images").Select(i => i.GetString())) is { Length: > 0 } images ? images : "unset"
    };

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
