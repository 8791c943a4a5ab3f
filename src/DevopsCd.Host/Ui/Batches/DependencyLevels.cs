using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>The applications of a batch by what they wait for: each stands in the level after all of that.</summary>
internal sealed class DependencyLevels
{
    private readonly Dictionary<string, ReleaseView> _releases;
    private readonly ILookup<string, string> _waiting;

    private DependencyLevels(IReadOnlyList<ReleaseView> releases)
    {
        _releases = releases.ToDictionary(release => release.Application, StringComparer.Ordinal);
        _waiting = releases.SelectMany(release => Before(release.Application).Select(before => (before, release.Application)))
            .ToLookup(edge => edge.before, edge => edge.Application, StringComparer.Ordinal);
        var levels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var release in releases)
            Level(release.Application, levels, []);
        Levels = [.. levels.GroupBy(level => level.Value).OrderBy(group => group.Key).Select(group => (IReadOnlyList<ReleaseView>)
            [.. group.Select(level => _releases[level.Key]).OrderBy(release => release.Application, StringComparer.Ordinal)])];
    }

    /// <summary>The levels in their order.</summary>
    public IReadOnlyList<IReadOnlyList<ReleaseView>> Levels { get; }

    public static DependencyLevels Of(BatchView batch) => new(batch.Releases);

    /// <summary>An application with all that it waits for and all that waits for it, as columns by their distance from it, and what waits for what.</summary>
    /// <returns>Null when the batch has no such application.</returns>
    public Neighbourhood? Around(string application)
    {
        if (!_releases.ContainsKey(application))
            return null;
        var places = Distances(application, Before, -1);
        foreach (var (name, distance) in Distances(application, name => _waiting[name], 1))
            places.TryAdd(name, distance);
        var columns = places.GroupBy(place => place.Value).OrderBy(group => group.Key)
            .Select(group => (IReadOnlyList<ReleaseView>)
                [.. group.Select(place => _releases[place.Key]).OrderBy(release => release.Application, StringComparer.Ordinal)]).ToList();
        return new Neighbourhood(application, columns,
            [.. places.Keys.SelectMany(name => Before(name).Where(places.ContainsKey).Select(before => (before, name)))]);
    }

    private IEnumerable<string> Before(string application) => _releases[application].DependsOn.Where(_releases.ContainsKey);

    /// <summary>The longest way, so that an arrow never leads back.</summary>
    private static Dictionary<string, int> Distances(string from, Func<string, IEnumerable<string>> next, int step)
    {
        var distances = new Dictionary<string, int>(StringComparer.Ordinal) { [from] = 0 };
        var queue = new Queue<string>([from]);
        // Where the dependencies form a circle, no way is longer than all of them.
        for (var steps = 0; queue.TryDequeue(out var name) && steps < 100_000; steps++)
        {
            foreach (var neighbour in next(name))
            {
                var distance = distances[name] + step;
                if (distances.TryGetValue(neighbour, out var known) && Math.Abs(known) >= Math.Abs(distance))
                    continue;
                distances[neighbour] = distance;
                queue.Enqueue(neighbour);
            }
        }
        return distances;
    }

    private int Level(string application, Dictionary<string, int> levels, HashSet<string> under)
    {
        if (levels.TryGetValue(application, out var known))
            return known;
        // A circle is refused by the seal; until then its members stand where it was met.
        if (!under.Add(application))
            return 0;
        var level = Before(application).Select(before => Level(before, levels, under) + 1).DefaultIfEmpty(0).Max();
        under.Remove(application);
        return levels[application] = level;
    }
}

/// <summary>An application among those it is bound to.</summary>
/// <param name="Application">The application.</param>
/// <param name="Columns">What comes first stands first.</param>
/// <param name="Edges">Pairs: the first is waited for by the second.</param>
internal sealed record Neighbourhood(
    string Application, IReadOnlyList<IReadOnlyList<ReleaseView>> Columns, IReadOnlyList<(string Before, string After)> Edges);
