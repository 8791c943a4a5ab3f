using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Running;

/// <summary>What runs where: a row for each application, a column for each place.</summary>
internal sealed record RunningTable
{
    /// <summary>Stages and clusters, pre-production first.</summary>
    public required IReadOnlyList<(string Stage, string Cluster)> Places { get; init; }

    public required IReadOnlyList<RunningRow> Rows { get; init; }

    public static RunningTable Of(IReadOnlyList<LiveVersionView> versions)
    {
        var places = versions.Select(v => (v.Stage, v.Cluster)).Distinct().OrderBy(p => p.Stage, StringComparer.Ordinal)
            .ThenBy(p => p.Cluster, StringComparer.Ordinal).ToList();
        return new RunningTable
        {
            Places = places,
            Rows = [.. versions.GroupBy(v => v.Application).Select(of => new RunningRow(
                of.Key, of.First().Project, of.ToDictionary(v => (v.Stage, v.Cluster)),
                of.Where(v => v.Stage == "prod").Select(v => v.Image).Distinct(StringComparer.Ordinal).Count() > 1))]
        };
    }
}

/// <summary>Where an application runs, and what of it.</summary>
/// <param name="Application">The application.</param>
/// <param name="Project">Its project.</param>
/// <param name="At">What runs in each place it was deployed to.</param>
/// <param name="Differs">Clusters of production run different images.</param>
internal sealed record RunningRow(
    string Application, string Project, IReadOnlyDictionary<(string Stage, string Cluster), LiveVersionView> At, bool Differs);
