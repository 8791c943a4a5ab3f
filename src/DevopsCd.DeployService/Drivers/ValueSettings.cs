using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Drivers;

/// <summary>The setting <c>values</c>: dotted paths of a chart's values, and what to write there.</summary>
internal static partial class ValueSettings
{
    public const string Name = "values";

    private static readonly Dictionary<string, string> s_usual = new() { ["image.repository"] = "{{repository}}", ["image.tag"] = "{{tag}}" };

    public static IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request)
    {
        if (request.Setting(Name) is { } values && (values.ValueKind != JsonValueKind.Object || !values.EnumerateObject().Any()
            || values.EnumerateObject().Any(v => !PathForm().IsMatch(v.Name) || v.Value.ValueKind != JsonValueKind.String)))
        {
            yield return ($"strategy.{Name}", "must map dotted paths to texts, for example {\"image.tag\": \"{{tag}}\"}");
            yield break;
        }
        var parts = ImageParts.Of(request.Image);
        var templates = Templates(request);
        foreach (var (path, template) in templates)
        {
            if (parts.WrongIn(template) is { } wrong)
                yield return request.Setting(Name) is null ? ("image", $"must have a tag or a digest: strategy.{Name} writes {path} from it")
                    : ($"strategy.{Name}.{path}", wrong);
            if (templates.Keys.FirstOrDefault(other => other.StartsWith(path + ".", StringComparison.Ordinal)) is { } below)
                yield return ($"strategy.{Name}.{path}", $"cannot be a text and hold '{below}' at the same time");
        }
    }

    public static Dictionary<string, string> Of(DeployOperationRequest request)
    {
        var parts = ImageParts.Of(request.Image);
        return Templates(request).ToDictionary(t => t.Key, t => parts.Fill(t.Value));
    }

    /// <summary>The values with what the request writes in them; all others are as they are.</summary>
    public static JsonNode Put(JsonElement? values, DeployOperationRequest request)
    {
        var wanted = ObjectOf(values) ?? [];
        foreach (var (path, value) in Of(request))
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

    /// <summary>The values with that taken back to what was there <paramref name="before"/>; null where neither it nor anybody else has left any.</summary>
    public static JsonNode? TakeBack(JsonElement? values, JsonElement? before, DeployOperationRequest request)
    {
        var (kept, old) = (ObjectOf(values) ?? [], ObjectOf(before));
        foreach (var path in Of(request).Keys)
            TakeBack(kept, old ?? [], path.Split('.'));
        return kept.Count == 0 && old is null ? null : kept;
    }

    private static void TakeBack(JsonObject now, JsonObject before, ReadOnlySpan<string> steps)
    {
        var (step, had) = (steps[0], before.TryGetPropertyValue(steps[0], out var was));
        if (steps.Length > 1 && now[step] is JsonObject inner && (was is JsonObject || !had))
        {
            TakeBack(inner, was as JsonObject ?? [], steps[1..]);
            // An object that came with what was written goes with it.
            if (!had && inner.Count == 0)
                now.Remove(step);
        }
        else if (had)
        {
            now[step] = was?.DeepClone();
        }
        else if (steps.Length == 1)
        {
            now.Remove(step);
        }
    }

    private static JsonObject? ObjectOf(JsonElement? values) =>
        values is { ValueKind: JsonValueKind.Object } v ? JsonNode.Parse(v.GetRawText())!.AsObject() : null;

    private static Dictionary<string, string> Templates(DeployOperationRequest request) =>
        request.Setting(Name) is { } values ? values.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetString()!) : s_usual;

    [GeneratedRegex(@"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\z")]
    private static partial Regex PathForm();
}
