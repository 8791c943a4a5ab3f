using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>A question to the cluster's Prometheus, and the answers that are good.</summary>
internal sealed record AnalysisSettings(string Query, double? Min, double? Max, Duration Interval)
{
    public static IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request)
    {
        if (request.Setting("analysis") is not { } analysis)
            yield break;
        if (string.IsNullOrWhiteSpace(analysis.Text("query")))
            yield return ("strategy.analysis.query", "is required");
        if (NumberOf(analysis, "min") is null && NumberOf(analysis, "max") is null)
            yield return ("strategy.analysis", "needs min, max or both: the bounds of a good answer");
        if (analysis.At("interval") is not null && (!Duration.TryParse(analysis.Text("interval"), out var interval) || interval.Value < TimeSpan.FromSeconds(1)))
            yield return ("strategy.analysis.interval", "must be a duration of at least 1s");
    }

    public static AnalysisSettings? Read(DeployOperationRequest request)
    {
        if (request.Setting("analysis") is not { } analysis)
            return null;
        var query = analysis.Text("query")!
            .Replace("{{application}}", request.Application, StringComparison.Ordinal)
            .Replace("{{namespace}}", request.Namespace, StringComparison.Ordinal)
            .Replace("{{workload}}", request.Workload.Name, StringComparison.Ordinal)
            .Replace("{{canary}}", SecondWorkload.NameOf(request.Workload.Name, CanaryStrategy.Track), StringComparison.Ordinal);
        return new AnalysisSettings(query, NumberOf(analysis, "min"), NumberOf(analysis, "max"),
            Duration.TryParse(analysis.Text("interval"), out var interval) ? interval : Duration.Seconds(10));
    }

    private static double? NumberOf(System.Text.Json.JsonElement analysis, string name) =>
        analysis.At(name) is { ValueKind: System.Text.Json.JsonValueKind.Number } number && number.GetDouble() is var bound && double.IsFinite(bound) ? bound : null;
}
