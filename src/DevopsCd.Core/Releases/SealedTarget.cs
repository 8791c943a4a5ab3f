using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Shared;

namespace DevopsCd.Core.Releases;

/// <summary>
/// A deploy setting as the seal keeps it. A seal is <c>{"format":2,"targets":[…]}</c> with stages by name. Format 1, an array with the stage
/// as a number, was written until 2026-11-29 and is read for ever: a sealed batch never changes.
/// </summary>
internal sealed record SealedTarget(
    Stage Stage, string Cluster, string Namespace, string WorkloadKind, string WorkloadName, string? Container, string Strategy, JsonElement Settings)
{
    private const int Format = 2;

    /// <summary>As a seal keeps it: the first wave is left out, as in seals from before there were any.</summary>
    [JsonPropertyName("wave"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? LaterWave { get; init; }

    /// <summary>Counted from 1.</summary>
    [JsonIgnore]
    public int Wave => LaterWave ?? 1;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new StageConverter() } };

    public static string Write(IEnumerable<ApplicationTarget> targets) => JsonSerializer.Serialize(new Seal(Format, Of(targets)), s_json);

    /// <summary>The settings as a seal made now would keep them, by stage and cluster.</summary>
    public static List<SealedTarget> Of(IEnumerable<ApplicationTarget> targets) =>
        [.. targets.OrderBy(t => t.Stage).ThenBy(t => t.Cluster, StringComparer.Ordinal).Select(Of)];

    /// <exception cref="JsonException">The seal is of a format that this version does not know.</exception>
    public static IReadOnlyList<SealedTarget> Read(string? json)
    {
        if (json is null)
            return [];
        using var seal = JsonDocument.Parse(json);
        return Targets(seal).Deserialize<List<SealedTarget>>(s_json)!;
    }

    /// <summary>The workload it changes, in the whole of all clusters.</summary>
    [JsonIgnore]
    public string Workload => $"{Cluster}/{Namespace}/{WorkloadKind}/{WorkloadName}";

    /// <summary>Where a stage deploys, without building the rest.</summary>
    /// <exception cref="JsonException">The seal is of a format that this version does not know.</exception>
    public static IReadOnlyList<SealedPlace> Places(string? json, Stage stage)
    {
        if (json is null)
            return [];
        using var seal = JsonDocument.Parse(json);
        var place = stage.Place();
        return [.. Targets(seal).EnumerateArray().Where(t => t.GetProperty("stage").Deserialize<Stage>(s_json) == place).Select(t => new SealedPlace(
            Text(t, "cluster"), $"{Text(t, "cluster")}/{Text(t, "namespace")}/{Text(t, "workloadKind")}/{Text(t, "workloadName")}",
            t.TryGetProperty("wave", out var wave) ? wave.GetInt32() : 1))];

        static string Text(JsonElement target, string name) => target.GetProperty(name).GetString()!;
    }

    public static SealedTarget One(string json) => JsonSerializer.Deserialize<SealedTarget>(json, s_json)!;

    /// <summary>As an operation keeps it: how it deploys. When it does so, which the wave says, changes nothing that runs.</summary>
    public string ToJson() => JsonSerializer.Serialize(LaterWave is null ? this : this with { LaterWave = null }, s_json);

    private static JsonElement Targets(JsonDocument seal) => seal.RootElement switch
    {
        { ValueKind: JsonValueKind.Array } old => old,
        { ValueKind: JsonValueKind.Object } named when named.GetProperty("format").GetInt32() == Format => named.GetProperty("targets"),
        _ => throw new JsonException("the seal was written by a newer version of the program")
    };

    private static SealedTarget Of(ApplicationTarget t) => new(
        t.Stage, t.Cluster, t.Namespace, t.WorkloadKind, t.WorkloadName, t.Container, t.Strategy, JsonDocument.Parse(t.StrategySettings).RootElement)
    {
        LaterWave = t.Wave == 1 ? null : t.Wave
    };

    private sealed record Seal(int Format, List<SealedTarget> Targets);

    /// <summary>Writes a stage's name; reads the numbers of format 1, too, which are listed here and not taken from the enum's order.</summary>
    private sealed class StageConverter : JsonConverter<Stage>
    {
        public override Stage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader switch
        {
            { TokenType: JsonTokenType.Number } number => number.GetInt32() switch
            {
                0 => Stage.Pre,
                1 => Stage.Prod,
                var unknown => throw new JsonException($"there is no stage {unknown}")
            },
            { TokenType: JsonTokenType.String } name => Stages.TryForward(name.GetString()!, out var stage)
                ? stage
                : throw new JsonException($"there is no stage '{name.GetString()}'"),
            _ => throw new JsonException("a stage is a name")
        };

        public override void Write(Utf8JsonWriter writer, Stage value, JsonSerializerOptions options) => writer.WriteStringValue(EnumNames<Stage>.Of(value));
    }
}
