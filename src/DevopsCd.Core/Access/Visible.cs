namespace DevopsCd.Core.Access;

/// <summary>The projects that somebody may view.</summary>
/// <param name="All">Every project.</param>
/// <param name="Projects">Their names, unless it is all of them.</param>
internal sealed record Visible(bool All, IReadOnlyList<string> Projects)
{
    public static Visible Everything { get; } = new(true, []);

    public bool Contains(string project) => All || Projects.Contains(project, StringComparer.Ordinal);
}
