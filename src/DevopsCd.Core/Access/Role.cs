namespace DevopsCd.Core.Access;

/// <summary>A named set of permissions.</summary>
/// <param name="Name">What bindings call it.</param>
/// <param name="Permissions">What it allows.</param>
/// <param name="BuiltIn">Whether the program brings it; others come from the configuration.</param>
internal sealed record Role(string Name, IReadOnlyList<string> Permissions, bool BuiltIn)
{
    /// <summary>The same permissions as a set of bits.</summary>
    public ulong Bits { get; } = Access.Permissions.Bits(Permissions);
}
