namespace DevopsCd.Core.Access;

/// <summary>The part of somebody's rights that a token has.</summary>
/// <param name="Permissions">The permissions; null for all of them.</param>
/// <param name="Projects">The projects; null for all of them.</param>
internal sealed record TokenScope(IReadOnlyCollection<string>? Permissions, IReadOnlyCollection<string>? Projects)
{
    /// <summary>The permissions as a set of bits. A permission that this version does not know allows nothing.</summary>
    public ulong Bits { get; } = Permissions is null ? ulong.MaxValue : Access.Permissions.Bits(Permissions.Where(Access.Permissions.IsKnown));

    /// <summary>Whether it reaches a project; what concerns no single project is only reached without a bound.</summary>
    public bool Reaches(string project) => Projects is null || Projects.Contains(project);
}
