using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Strategies;

/// <summary>Reads the settings that stand beside <c>strategy.type</c>, and says what is wrong with them.</summary>
internal static partial class StrategySettings
{
    public const string OnStop = "onStop";
    public const string OnFailure = "onFailure";

    private static readonly string[] s_common = [OnStop, OnFailure, Workloads.TakeOverSetting];

    public static JsonElement? Setting(this DeployOperationRequest request, string name) =>
        request.Strategy?.Settings?.TryGetValue(name, out var value) is true && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? TextSetting(this DeployOperationRequest request, string name) =>
        request.Setting(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static Duration DurationSetting(this DeployOperationRequest request, string name, Duration otherwise) =>
        Duration.TryParse(request.TextSetting(name), out var value) ? value : otherwise;

    /// <summary>Unknown names and wrong values of the settings every strategy has.</summary>
    public static IEnumerable<(string Field, string Error)> CheckNames(this DeployOperationRequest request, params string[] own)
    {
        foreach (var name in request.Strategy?.Settings?.Keys ?? Enumerable.Empty<string>())
            if (!own.Contains(name) && !s_common.Contains(name))
                yield return ($"strategy.{name}", $"unknown setting; known: {string.Join(", ", own.Concat(s_common))}");
        if (request.Setting(OnStop) is not null && request.TextSetting(OnStop) is not ("return" or "pause"))
            yield return ($"strategy.{OnStop}", "must be return or pause");
        if (request.Setting(OnFailure) is not null && request.TextSetting(OnFailure) is not ("return" or "keep"))
            yield return ($"strategy.{OnFailure}", "must be return or keep");
        if (request.Setting(Workloads.TakeOverSetting) is { } takeOver && takeOver.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            yield return ($"strategy.{Workloads.TakeOverSetting}", "must be true or false");
    }

    /// <summary>Names in an object inside the settings that mean nothing there; one that is misspelt would be left out in silence.</summary>
    public static IEnumerable<(string Field, string Error)> CheckInner(JsonElement inner, string field, params string[] known)
    {
        if (inner.ValueKind != JsonValueKind.Object)
        {
            yield return (field, $"must be an object with {string.Join(", ", known)}");
            yield break;
        }
        foreach (var property in inner.EnumerateObject())
            if (!known.Contains(property.Name))
                yield return ($"{field}.{property.Name}", $"unknown setting; known: {string.Join(", ", known)}");
    }

    /// <summary>The name of another object of the namespace.</summary>
    public static IEnumerable<(string Field, string Error)> CheckObjectName(this DeployOperationRequest request, string name, bool required)
    {
        var unfit = request.CheckText(name, required).ToList();
        return unfit.Count > 0 || request.TextSetting(name) is not { } value || ObjectName().IsMatch(value)
            ? unfit
            : [($"strategy.{name}", "must be an object's name: a-z 0-9 - ., at most 253 characters")];
    }

    public static IEnumerable<(string Field, string Error)> CheckDuration(this DeployOperationRequest request, string name)
    {
        if (request.Setting(name) is not null && !Duration.TryParse(request.TextSetting(name), out _))
            yield return ($"strategy.{name}", "must be a duration like 30s or 10m");
    }

    public static IEnumerable<(string Field, string Error)> CheckText(this DeployOperationRequest request, string name, bool required)
    {
        var value = request.Setting(name);
        if (value is null ? required : string.IsNullOrWhiteSpace(request.TextSetting(name)))
            yield return ($"strategy.{name}", required ? "is required" : "must be a text that is not empty");
    }

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9.\-]{0,251}[a-z0-9])?\z")]
    private static partial Regex ObjectName();
}
