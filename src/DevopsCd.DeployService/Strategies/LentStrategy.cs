using System.Text.Json;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// The update strategy Recreate, which a Deployment has only for the time of a rollout. What was there before stands beside it,
/// written in the same write, for a crash may follow it; what somebody else has made of it meanwhile stays.
/// </summary>
internal static class LentStrategy
{
    private const string Recreate = "Recreate";

    private static readonly string s_path = "/metadata/annotations/" + JsonEdit.Escape(Stamps.UpdateStrategy);

    public static IEnumerable<JsonEdit> Take(KubeObject live)
    {
        if (live.Root.At("spec", "strategy") is not { } was || was.Text("type") == Recreate)
            return [];
        var beside = new Dictionary<string, string> { [Stamps.UpdateStrategy] = was.GetRawText() };
        return [new("replace", "/spec/strategy", new { type = Recreate }), .. Workloads.StampEdits(live, beside)];
    }

    /// <summary>The edits that put it back; none when nothing was taken.</summary>
    public static IReadOnlyList<JsonEdit> GiveBack(OperationContext operation, KubeObject live)
    {
        var edits = new List<JsonEdit>();
        var recorded = operation.Previous<WorkloadSnapshot>().UpdateStrategy;
        if (recorded?.Text("type") is { } before && before != Recreate && live.Root.Text("spec", "strategy", "type") == Recreate)
            edits.Add(new("replace", "/spec/strategy", Parse(live.Annotation(Stamps.UpdateStrategy)) ?? recorded));
        if (live.Annotation(Stamps.UpdateStrategy) is not null)
            edits.Add(new("remove", s_path));
        return edits;
    }

    public static async Task<KubeObject> GiveBackAsync(OperationContext operation, KubeObject live, CancellationToken cancellationToken) =>
        GiveBack(operation, live) is { Count: > 0 } edits
            ? await Workloads.EditAsync(operation, KubeResource.Deployments, live, [JsonEdit.Unchanged(live), .. edits], cancellationToken)
            : live;

    /// <summary>Null for what is no update strategy: anybody can write an annotation.</summary>
    private static JsonElement? Parse(string? text)
    {
        try
        {
            return text is not null && JsonSerializer.Deserialize<JsonElement>(text) is var parsed && parsed.Text("type") == "RollingUpdate" ? parsed : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
