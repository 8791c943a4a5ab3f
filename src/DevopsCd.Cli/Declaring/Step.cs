using System.Text.Json.Nodes;

namespace DevopsCd.Cli.Declaring;

/// <summary>One call that brings the service nearer to what is declared.</summary>
/// <param name="Action">One of <see cref="Create" />, <see cref="Change" />, <see cref="Remove" />.</param>
/// <param name="What">For people: the kind and the name.</param>
/// <param name="Method">How it is sent.</param>
/// <param name="Path">Below <c>/api/v1/</c>.</param>
/// <param name="Body">What is sent; null for nothing.</param>
/// <param name="Turn">What has a smaller one comes first; what has the same is made at once.</param>
internal sealed record Step(string Action, string What, HttpMethod Method, string Path, JsonObject? Body, int Turn)
{
    public const string Create = "create", Change = "change", Remove = "remove";

    /// <summary>What changes in it, a line each.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>The place of its document; empty where it has none.</summary>
    public string Where { get; init; } = "";

    public char Sign => Action switch
    {
        Create => '+',
        Change => '~',
        _ => '-'
    };
}
