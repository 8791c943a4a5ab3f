using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Shared;

namespace DevopsCd.Core.Releases;

/// <summary>
/// Why an operation has failed, as its row keeps it: JSON, limited in size whoever has told it. What looks like a secret is hidden here as well: a
/// deploy service of somebody else's may not do it.
/// </summary>
internal static class FailureCause
{
    private const int MostEvents = 5;
    private const int MostLines = 15;
    private const int LongestLine = 300;
    private const int LongestMessage = 1000;
    private const int LongestWord = 100;

    /// <summary>What a row keeps of what was told.</summary>
    public static string Write(DeployCause told) => JsonSerializer.Serialize(new DeployCause
    {
        Class = DeployCauseClasses.All.Contains(told.Class) ? told.Class : DeployCauseClasses.Unknown,
        Reason = Short(told.Reason, LongestWord),
        Pod = Short(told.Pod, LongestMessage),
        Node = Short(told.Node, LongestMessage),
        Container = Short(told.Container, LongestMessage),
        Message = Short(told.Message, LongestMessage),
        // Null where a service writes null into a list that the contract has without.
        Events = [.. (told.Events ?? []).TakeLast(MostEvents).Select(e => e with
        {
            Reason = Short(e.Reason, LongestWord) ?? "",
            Message = Short(e.Message, LongestLine) ?? ""
        })],
        LastLines = [.. (told.LastLines ?? []).TakeLast(MostLines).Select(l => Short(l, LongestLine) ?? "")]
    }, JsonSerializerOptions.Web);

    /// <summary>A cause of which nothing more is known than its kind and what was said.</summary>
    public static string Write(string kind, string message) => Write(new DeployCause { Class = kind, Message = message });

    /// <summary>What a row has kept; null where it has kept nothing.</summary>
    public static DeployCause? Read(string? kept) => kept is null ? null : JsonSerializer.Deserialize<DeployCause>(kept, JsonSerializerOptions.Web);

    private static string? Short(string? text, int longest)
    {
        if (text is null)
            return null;
        text = SecretText.Hide(text);
        return text.Length <= longest ? text : text[..(longest - 1)] + "…";
    }
}
