using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevopsCd.Contracts.Api;

/// <summary>How an image is rolled out: the name of a strategy or driver, and beside it its own settings.</summary>
public sealed record DeployStrategy
{
    /// <summary>The strategy or driver: <c>rolling</c>, <c>canary</c>, <c>blue-green</c>, <c>recreate</c>, <c>argo-rollouts</c>, <c>argocd</c>, <c>flux</c> or <c>helm</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The strategy's settings, written beside <c>type</c>, for example <c>{"type":"canary","steps":[{"weight":20,"pause":"1m"}]}</c>.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Settings { get; init; }
}
