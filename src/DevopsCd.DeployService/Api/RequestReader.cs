using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Api;

/// <summary>Reads an operation out of a body and names every field that is wrong, with what is allowed.</summary>
internal sealed partial class RequestReader(Clusters clusters, StrategyCatalogue strategies, IOptions<DeployServiceOptions> options)
{
    private const int LongestLabel = 1024;
    private const int MostLabels = 32;

    private static readonly string s_anyImage = $"registry.example/app:1@sha256:{new string('0', 64)}";
    private static readonly string[] s_fields = ["application", "stage", "cluster", "namespace", "workload", "image", "strategy", "timeoutSeconds", "labels"];
    private static readonly string[] s_workloadFields = ["kind", "name", "container"];

    public static string? WrongId(string id) =>
        OperationId().IsMatch(id) ? null : "an operation id is 1 to 200 of the characters A-Z a-z 0-9 . _ : -";

    /// <summary>Without an image the rest is checked alone, as for an image that has both tag and digest.</summary>
    public (DeployOperationRequest Request, Dictionary<string, string[]> Errors) Read(JsonElement body, Caller caller, bool needsImage = true)
    {
        var wrong = new List<(string Field, string Error)>();
        if (body.ValueKind != JsonValueKind.Object)
            return (Empty(), new() { ["$"] = ["the body must be a JSON object"] });
        foreach (var name in body.EnumerateObject().Select(p => p.Name).Where(n => !s_fields.Contains(n)))
            wrong.Add((name, $"unknown field; known: {string.Join(", ", s_fields)}"));
        foreach (var name in (body.At("workload") is { ValueKind: JsonValueKind.Object } w ? w.EnumerateObject().Select(p => p.Name) : []).Where(
            n => !s_workloadFields.Contains(n)))
            wrong.Add(($"workload.{name}", $"unknown field; known: {string.Join(", ", s_workloadFields)}"));

        var request = new DeployOperationRequest
        {
            Application = Text("application", Words(), "must be 1 to 200 characters without control characters"),
            Stage = Text("stage", Words(), "must be 1 to 200 characters without control characters"),
            Cluster = Text("cluster", Words(), "is required"),
            Namespace = Text("namespace", DnsLabel(), "must be a namespace's name: a-z 0-9 -, at most 63 characters"),
            Workload = new DeployWorkload
            {
                Kind = Text("workload.kind", Words(), "is required"),
                Name = Text("workload.name", DnsName(), "must be an object's name: a-z 0-9 - ., at most 253 characters"),
                Container = body.At("workload", "container") is null ? null : Text("workload.container", DnsLabel(), "must be a container's name")
            },
            Image = Image(),
            Strategy = Strategy(),
            TimeoutSeconds = Timeout(),
            Labels = Labels()
        };
        if (wrong.Count == 0)
            wrong.AddRange(Meaning(request, caller));
        return (request, wrong.GroupBy(e => e.Field).ToDictionary(g => g.Key, g => g.Select(e => e.Error).ToArray()));

        string Text(string path, Regex form, string error)
        {
            var value = body.At(path.Split('.'));
            if (value is { ValueKind: JsonValueKind.String } text && form.IsMatch(text.GetString()!))
                return text.GetString()!;
            wrong.Add((path, value is null ? "is required" : error));
            return "";
        }

        string Image()
        {
            var image = body.At("image");
            if (image is null && !needsImage)
                return s_anyImage;
            if (image is { ValueKind: JsonValueKind.String } text && ImageReference.IsValid(text.GetString()!))
                return text.GetString()!;
            wrong.Add(("image", image is null ? "is required" : ImageReference.Form));
            return "";
        }

        DeployStrategy? Strategy()
        {
            if (body.At("strategy") is not { } strategy)
                return null;
            if (strategy.ValueKind != JsonValueKind.Object)
            {
                wrong.Add(("strategy", """must be an object like {"type": "rolling"}"""));
                return null;
            }
            if (strategy.Text("type") is not { Length: > 0 } type)
            {
                wrong.Add(("strategy.type", $"is required; known: {string.Join(", ", strategies.Names)}"));
                return null;
            }
            var settings = strategy.EnumerateObject().Where(p => p.Name != "type").ToDictionary(p => p.Name, p => p.Value.Clone());
            return new DeployStrategy { Type = type, Settings = settings.Count == 0 ? null : settings };
        }

        int? Timeout()
        {
            if (body.At("timeoutSeconds") is null)
                return null;
            var longest = (int)options.Value.Rollout.MaxTimeout.Value.TotalSeconds;
            if (body.Number("timeoutSeconds") is { } seconds && seconds >= 1 && seconds <= longest)
                return seconds;
            wrong.Add(("timeoutSeconds", $"must be a whole number, 1..{longest}"));
            return null;
        }

        Dictionary<string, string>? Labels()
        {
            if (body.At("labels") is not { } labels)
                return null;
            if (labels.ValueKind != JsonValueKind.Object || labels.EnumerateObject().Count() > MostLabels
                || labels.EnumerateObject()
                    .Any(l => !LabelName().IsMatch(l.Name) || l.Value.ValueKind != JsonValueKind.String || l.Value.GetString()!.Length > LongestLabel))
            {
                wrong.Add(("labels",
                    $"must be at most {MostLabels} texts of at most {LongestLabel} characters, named with A-Z a-z 0-9 . _ - and perhaps devopscd.io/ before"));
                return null;
            }
            return labels.Map();
        }
    }

    private IEnumerable<(string Field, string Error)> Meaning(DeployOperationRequest request, Caller caller)
    {
        if (!clusters.TryGet(request.Cluster, out _) || !caller.MayUse(request.Cluster))
            yield return ("cluster",
                $"unknown cluster '{request.Cluster}'; known: {string.Join(", ", clusters.Names.Where(caller.MayUse).Order(StringComparer.Ordinal))}");
        var type = request.Strategy?.Type ?? StrategyNames.Rolling;
        if (!strategies.TryGet(type, out var strategy))
        {
            yield return ("strategy.type", $"unknown strategy '{type}'; known: {string.Join(", ", strategies.Names)}");
            yield break;
        }
        if (!strategies.Kinds.Contains(request.Workload.Kind))
            yield return ("workload.kind", $"unknown kind '{request.Workload.Kind}'; known: {string.Join(", ", strategies.Kinds)}");
        else if (!strategy.Kinds.Contains(request.Workload.Kind))
            yield return ("strategy.type",
                $"'{type}' does not deploy a {request.Workload.Kind}; for that kind: {string.Join(", ", strategies.ForKind(request.Workload.Kind))}");
        foreach (var wrong in strategy.Check(request))
            yield return wrong;
    }

    private static DeployOperationRequest Empty() => new()
    {
        Application = "",
        Stage = "",
        Cluster = "",
        Namespace = "",
        Workload = new DeployWorkload { Kind = "", Name = "" },
        Image = ""
    };

    [GeneratedRegex(@"^[A-Za-z0-9._:\-]{1,200}\z")]
    private static partial Regex OperationId();

    [GeneratedRegex(@"^[^\p{Cc}]{1,200}\z")]
    private static partial Regex Words();

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9.\-]{0,251}[a-z0-9])?\z")]
    private static partial Regex DnsName();

    [GeneratedRegex(@"^(devopscd\.io/)?[A-Za-z0-9]([A-Za-z0-9._\-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex LabelName();
}
