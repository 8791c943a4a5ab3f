using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Strategies;

/// <summary>A question to the cluster's Prometheus, and the answers that are good.</summary>
internal sealed record AnalysisSettings(string Query, double? Min, double? Max, Duration Interval, Duration InitialDelay)
{
    public static IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request)
    {
        if (request.Setting("analysis") is not { } analysis)
            yield break;
        foreach (var wrong in StrategySettings.CheckInner(analysis, "strategy.analysis", "query", "min", "max", "interval", "initialDelay"))
            yield return wrong;
        if (analysis.ValueKind != JsonValueKind.Object)
            yield break;
        if (analysis.At("query") is not { ValueKind: JsonValueKind.String } query || string.IsNullOrWhiteSpace(query.GetString()))
            yield return ("strategy.analysis.query", "is required: a query of Prometheus");
        else if (Template.Wrong(query.GetString()!, Values(request)) is { } unfit)
            yield return ("strategy.analysis.query", unfit);
        foreach (var bound in new[] { "min", "max" })
            if (analysis.At(bound) is not null && NumberOf(analysis, bound) is null)
                yield return ($"strategy.analysis.{bound}", "must be a number");
        if (analysis.At("min") is null && analysis.At("max") is null)
            yield return ("strategy.analysis", "needs min, max or both: the bounds of a good answer");
        if (NumberOf(analysis, "min") > NumberOf(analysis, "max"))
            yield return ("strategy.analysis.min", "must not be more than max: no answer could be good");
        if (analysis.At("interval") is not null
            && (!Duration.TryParse(analysis.Text("interval"), out var interval) || interval.Value < TimeSpan.FromSeconds(1)))
            yield return ("strategy.analysis.interval", "must be a duration of at least 1s");
        if (analysis.At("initialDelay") is not null && !Duration.TryParse(analysis.Text("initialDelay"), out _))
            yield return ("strategy.analysis.initialDelay", "must be a duration like 30s or 10m");
    }

    public static AnalysisSettings? Read(DeployOperationRequest request)
    {
        if (request.Setting("analysis") is not { } analysis)
            return null;
        var query = Template.Fill(analysis.Text("query")!, Values(request));
        var interval = Duration.TryParse(analysis.Text("interval"), out var given) ? given : Duration.Seconds(10);
        // Before one interval has passed the new pods have hardly been asked anything.
        return new AnalysisSettings(query, NumberOf(analysis, "min"), NumberOf(analysis, "max"), interval,
            Duration.TryParse(analysis.Text("initialDelay"), out var delay) ? delay : interval);
    }

    private static Dictionary<string, string> Values(DeployOperationRequest request) => new()
    {
        ["application"] = request.Application,
        ["namespace"] = request.Namespace,
        ["workload"] = request.Workload.Name,
        ["canary"] = SecondWorkload.NameOf(request.Workload.Name, CanaryStrategy.Track)
    };

    private static double? NumberOf(JsonElement analysis, string name) =>
        analysis.At(name) is { ValueKind: JsonValueKind.Number } number && number.GetDouble() is var bound && double.IsFinite(bound) ? bound : null;
}
