using System.Text.Json;
using DevopsCd.Core.Batches;

namespace DevopsCd.Core.Applications;

/// <summary>A deploy setting as the seal keeps it.</summary>
internal sealed record SealedTarget(
    Stage Stage, string Cluster, string Namespace, string WorkloadKind, string WorkloadName, string? Container, string Strategy, JsonElement Settings)
{
    public static string Write(IEnumerable<ApplicationTarget> targets) => JsonSerializer.Serialize(
        targets.OrderBy(t => t.Stage).ThenBy(t => t.Cluster, StringComparer.Ordinal).Select(Of).ToList(), JsonSerializerOptions.Web);

    public static IReadOnlyList<SealedTarget> Read(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize<List<SealedTarget>>(json, JsonSerializerOptions.Web)!;

    /// <summary>The clusters of a stage, without building the rest.</summary>
    public static IReadOnlyList<string> Clusters(string? json, Stage stage)
    {
        if (json is null)
            return [];
        using var targets = JsonDocument.Parse(json);
        return [.. targets.RootElement.EnumerateArray()
            .Where(t => t.GetProperty("stage").GetInt32() == (int)stage).Select(t => t.GetProperty("cluster").GetString()!)];
    }

    public static SealedTarget One(string json) => JsonSerializer.Deserialize<SealedTarget>(json, JsonSerializerOptions.Web)!;

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    private static SealedTarget Of(ApplicationTarget t) => new(
        t.Stage, t.Cluster, t.Namespace, t.WorkloadKind, t.WorkloadName, t.Container, t.Strategy, JsonDocument.Parse(t.StrategySettings).RootElement);
}
