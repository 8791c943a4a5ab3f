namespace DevopsCd.Cli.Declaring;

/// <summary>Something that the service has otherwise than it is declared.</summary>
/// <param name="Action">One of <see cref="Create" />, <see cref="Change" />, <see cref="Remove" />.</param>
/// <param name="What">For people: the kind and the name.</param>
internal sealed record Difference(string Action, string What)
{
    public const string Create = "create", Change = "change", Remove = "remove";

    /// <summary>What changes in it, a line each.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    public char Sign => Action switch
    {
        Create => '+',
        Change => '~',
        _ => '-'
    };
}
