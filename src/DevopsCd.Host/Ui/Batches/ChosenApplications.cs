using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>The applications that are to go together, each with the branch that it follows, in the order in which they are sent.</summary>
internal sealed class ChosenApplications
{
    private readonly SortedDictionary<string, string> _branches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ApplicationView> _known;

    public ChosenApplications(IReadOnlyList<ApplicationView> known) => _known = known.ToDictionary(application => application.Name, StringComparer.Ordinal);

    public int Count => _branches.Count;

    /// <summary>Names with branches.</summary>
    public IEnumerable<(string Name, string Branch)> All => _branches.Select(chosen => (chosen.Key, chosen.Value));

    /// <summary>What the chosen ones depend on, what that depends on and so on, as far as it is free and not chosen.</summary>
    public IReadOnlyList<string> Missing
    {
        get
        {
            var (found, queue) = (new SortedSet<string>(StringComparer.Ordinal), new Queue<string>(_branches.Keys));
            while (queue.TryDequeue(out var name))
                foreach (var before in _known[name].DependsOn.Where(before => !_branches.ContainsKey(before) && IsFree(before) && found.Add(before)))
                    queue.Enqueue(before);
            return [.. found];
        }
    }

    public bool Contains(string name) => _branches.ContainsKey(name);

    /// <summary>Takes those in that can go along, on the branch that is named or on their own.</summary>
    /// <returns>Those that cannot: another open batch has them, or there is no such application for whoever chooses.</returns>
    public IReadOnlyList<string> Add(IEnumerable<(string Name, string? Branch)> wanted)
    {
        var left = new List<string>();
        foreach (var (name, branch) in wanted)
        {
            if (IsFree(name))
                _branches[name] = branch ?? _known[name].DefaultBranch;
            else
                left.Add(name);
        }
        return left;
    }

    public void Add(IEnumerable<string> names) => Add(names.Select(name => (name, (string?)null)));

    public void Remove(string name) => _branches.Remove(name);

    public void Clear() => _branches.Clear();

    public void Follow(string name, string? branch) => _branches[name] = string.IsNullOrWhiteSpace(branch) ? _known[name].DefaultBranch : branch.Trim();

    /// <summary>Which of the chosen ones an application waits for.</summary>
    public IEnumerable<string> Before(string name) => _known[name].DependsOn.Where(Contains);

    /// <summary>As a new batch names them: a branch only where it is not their own.</summary>
    public IReadOnlyList<ReleaseItem> ToItems() => [.. _branches.Select(chosen => new ReleaseItem
    {
        Application = chosen.Key,
        Branch = chosen.Value == _known[chosen.Key].DefaultBranch ? null : chosen.Value
    })];

    private bool IsFree(string name) => _known.TryGetValue(name, out var application) && application.OpenBatch is null;
}
