using System.Text.Json.Nodes;

namespace DevopsCd.Cli.Declaring;

/// <summary>One call that brings the service nearer to what is declared.</summary>
/// <param name="Differences">What it does away with; at least one.</param>
/// <param name="Method">How it is sent.</param>
/// <param name="Path">Below <c>/api/v1/</c>.</param>
/// <param name="Body">What is sent; null for nothing.</param>
/// <param name="Turn">What has a smaller one comes first; what has the same is made at once.</param>
internal sealed record Step(IReadOnlyList<Difference> Differences, HttpMethod Method, string Path, JsonObject? Body, int Turn)
{
    /// <summary>The place of its document; empty where it has none.</summary>
    public string Where { get; init; } = "";

    /// <summary>For people: what it is about.</summary>
    public string What => Differences[0].What;
}
