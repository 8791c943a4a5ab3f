using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Drivers;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Strategies;

/// <summary>Whether what a record says of the target, and of the strategy's way, can be acted on: anybody with the right to write ConfigMaps can change it.</summary>
internal static class Recorded
{
    /// <summary>What no strategy has written; null where it can be read.</summary>
    public static string? WrongIn(OperationRecord record)
    {
        try
        {
            return WrongInPrevious(record) ?? WrongInState(record);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            return broken.Message;
        }
    }

    private static string? WrongInPrevious(OperationRecord record)
    {
        if (record.Previous is not { } previous)
            return null;
        if (!Workloads.Kinds.Contains(record.Request.Workload.Kind))
            return Read<CustomSnapshot>(previous).Part is null && record.StrategyType == StrategyNames.ArgoCd ? "its previous state has no part" : null;
        var snapshot = Read<WorkloadSnapshot>(previous);
        var containers = snapshot.Template.Items("spec", "containers");
        if (snapshot.Image is null || containers.Length == 0 || containers.Any(c => c.Text("name") is null))
            return "its previous state has no containers";
        return record.StrategyType switch
        {
            StrategyNames.BlueGreen when !IsSelector(snapshot.Traffic) => "its previous state has no selector",
            StrategyNames.Canary when record.Request.Setting("route") is not null
                && (snapshot.Traffic?.Items("rules").Length is null or 0 || !IsSelector(snapshot.Traffic?.At("stableSelector"))
                    || !IsSelector(snapshot.Traffic?.At("canarySelector"))) => "its previous state has no route",
            _ => null
        };
    }

    private static string? WrongInState(OperationRecord record)
    {
        if (record.Status.State is not { } state)
            return null;
        return record.StrategyType switch
        {
            StrategyNames.Canary when Read<CanaryState>(state) is var canary && (canary.Step < 0
                || canary.Step >= record.Request.Setting("steps")?.GetArrayLength()) => $"it is at step {canary.Step + 1}, which it has not",
            StrategyNames.Helm when Read<HelmState>(state) is { Runner: null } => "nobody runs its helm",
            _ => null
        };
    }

    private static T Read<T>(JsonElement text) => text.Deserialize<T>(Json.Options) ?? throw new JsonException($"its {typeof(T).Name} is null");

    private static bool IsSelector(JsonElement? selector) =>
        selector is { ValueKind: JsonValueKind.Object } given && given.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String);
}
