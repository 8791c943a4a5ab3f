using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Strategies;

/// <summary>A canary's settings, read once they have been checked.</summary>
internal sealed record CanarySettings
{
    public static readonly string[] Names = ["steps", "analysis", "route", "stableService", "canaryService"];

    public required IReadOnlyList<CanaryStep> Steps { get; init; }
    public AnalysisSettings? Analysis { get; init; }

    /// <summary>The HTTPRoute whose weights move; without one the number of pods decides.</summary>
    public string? Route { get; init; }
    public string StableService { get; init; } = "";
    public string CanaryService { get; init; } = "";

    public static IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request)
    {
        foreach (var wrong in request.CheckNames(Names))
            yield return wrong;
        if (request.Setting("steps") is not { ValueKind: JsonValueKind.Array } steps || steps.GetArrayLength() is 0 or > 50)
        {
            yield return ("strategy.steps", "must be a list of 1 to 50 steps like {\"weight\": 20, \"pause\": \"5m\"}");
        }
        else
        {
            var before = 0;
            foreach (var (i, step) in steps.EnumerateArray().Index())
            {
                foreach (var wrong in StrategySettings.CheckInner(step, $"strategy.steps[{i}]", "weight", "pause"))
                    yield return wrong;
                if (step.ValueKind != JsonValueKind.Object)
                    continue;
                if (step.Number("weight") is not { } weight || weight is < 1 or > 100)
                    yield return ($"strategy.steps[{i}].weight", "must be 1..100");
                else if (weight < before)
                    yield return ($"strategy.steps[{i}].weight", $"must not be less than the step before, {before}");
                else
                    before = weight;
                if (step.At("pause") is { } pause && pause.ValueKind is not (JsonValueKind.True or JsonValueKind.False)
                    && !Duration.TryParse(step.Text("pause"), out _))
                    yield return ($"strategy.steps[{i}].pause", "must be a duration like 5m, or true to wait for a promote");
            }
        }
        foreach (var wrong in AnalysisSettings.Check(request))
            yield return wrong;
        var routed = request.Setting("route") is not null;
        foreach (var name in new[] { "route", "stableService", "canaryService" })
        {
            if (routed || request.Setting(name) is null)
                foreach (var wrong in request.CheckObjectName(name, routed))
                    yield return wrong;
            else
                yield return ($"strategy.{name}", "means nothing without strategy.route");
        }
        if (routed && request.TextSetting("stableService") is { } service && service == request.TextSetting("canaryService"))
            yield return ("strategy.canaryService", "must be another Service than stableService, or the route could not tell the two versions apart");
    }

    public static CanarySettings Read(DeployOperationRequest request) => new()
    {
        Steps = [.. request.Setting("steps")!.Value.EnumerateArray().Select(step => new CanaryStep(
            step.Number("weight")!.Value,
            step.Flag("pause"),
            Duration.TryParse(step.Text("pause"), out var pause) ? pause : default))],
        Analysis = AnalysisSettings.Read(request),
        Route = request.TextSetting("route"),
        StableService = request.TextSetting("stableService") ?? "",
        CanaryService = request.TextSetting("canaryService") ?? ""
    };
}
