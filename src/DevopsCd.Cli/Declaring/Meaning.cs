using System.Globalization;
using System.Text.Json.Nodes;

namespace DevopsCd.Cli.Declaring;

/// <summary>Whether two settings mean the same: an absent member and null, lists of names in another order, and one time in two zones do.</summary>
internal static class Meaning
{
    /// <summary>Members that are sets of names.</summary>
    private static readonly HashSet<string> s_sets = ["dependsOn", "projects", "stages", "clusters", "channels"];

    private static readonly HashSet<string> s_times = ["from", "to"];

    public static bool IsSame(string member, JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(Plain(member, one), Plain(member, other));

    private static JsonNode? Plain(string member, JsonNode? node) => node switch
    {
        JsonObject all => Plain(all),
        JsonArray list when s_sets.Contains(member) => list.Count == 0 ? null
            : new JsonArray([.. list.Select(item => item?.DeepClone()).OrderBy(item => item?.ToJsonString(), StringComparer.Ordinal)]),
        JsonArray list => new JsonArray([.. list.Select(item => Plain("", item))]),
        JsonValue value when s_times.Contains(member) && value.TryGetValue<string>(out var text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => JsonValue.Create(time.UtcTicks),
        JsonValue { } empty when empty.TryGetValue<string>(out var text) && text.Length == 0 => null,
        // A number that was read from YAML and the same from JSON are different objects.
        _ => node is null ? null : JsonNode.Parse(node.ToJsonString())
    };

    private static JsonObject? Plain(JsonObject all) => new JsonObject(all.Select(member => KeyValuePair.Create(member.Key, Plain(member.Key, member.Value)))
        .Where(member => member.Value is not null).OrderBy(member => member.Key, StringComparer.Ordinal)) is { Count: > 0 } some ? some : null;
}
