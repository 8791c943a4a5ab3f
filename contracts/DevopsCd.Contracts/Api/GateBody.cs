using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevopsCd.Contracts.Api;

/// <summary>Something that has to pass before a batch goes on, or before a stage counts as completed.</summary>
public sealed record GateBody
{
    /// <summary>The gate's name, once in a policy.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Where it stands: `before_seal`, `before_pre`, `after_pre`, `before_prod` or `after_prod`. A gate before something holds it; one after a stage
    /// belongs to the stage, which completes when the gate has passed and fails when it has failed.
    /// </summary>
    public string? At { get; init; }

    /// <summary>
    /// How it is decided: `webhook` (a signed POST, answered at once or later), `http` (an address answers with a status), `prometheus` (the value of a
    /// query stays within bounds) or `manual` (a person says so).
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>The address that is called; of `prometheus` the server's base address. Not for `manual`.</summary>
    public string? Url { get; init; }

    /// <summary>
    /// The name of a secret of the configuration (`core.gates.secrets`): a `webhook` is signed with it as Standard Webhooks ask, `http` and `prometheus`
    /// send it as a bearer token.
    /// </summary>
    public string? Secret { get; init; }

    /// <summary>Of `http`: the status that passes; 200 without it.</summary>
    public int? Status { get; init; }

    /// <summary>Of `prometheus`: the query.</summary>
    public string? Query { get; init; }

    /// <summary>Of `prometheus`: the least value that passes; no bound without it.</summary>
    public double? Min { get; init; }

    /// <summary>Of `prometheus`: the largest value that passes; no bound without it.</summary>
    public double? Max { get; init; }

    /// <summary>Of `prometheus`: for how long the value has to stay within its bounds, for example `5m`; one look without it.</summary>
    public string? For { get; init; }

    /// <summary>Of `http` and `prometheus`: the time between two looks, `1s` to `1h`; `30s` without it.</summary>
    public string? Interval { get; init; }

    /// <summary>When the gate fails for want of a result, `1s` to `30d`; `1h` without it, and never for `manual`.</summary>
    public string? Timeout { get; init; }

    /// <summary>Members that this version does not know; a change that brings any is refused.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}
