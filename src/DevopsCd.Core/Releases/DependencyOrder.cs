namespace DevopsCd.Core.Releases;

/// <summary>Order among the applications of one batch. Names outside of it are not waited for.</summary>
internal static class DependencyOrder
{
    /// <summary>A cycle as a closed path of names, or null.</summary>
    public static IReadOnlyList<string>? Cycle(IReadOnlyDictionary<string, IReadOnlyList<string>> dependsOn)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in dependsOn.Keys.Order(StringComparer.Ordinal))
            if (Walk(start) is { } cycle)
                return cycle;
        return null;

        // An own stack instead of recursion: 500 applications may hang in one chain.
        List<string>? Walk(string start)
        {
            var path = new List<string>();
            var onPath = new HashSet<string>(StringComparer.Ordinal);
            var stack = new Stack<(string Name, bool Leave)>([(start, false)]);
            while (stack.TryPop(out var step))
            {
                if (step.Leave)
                {
                    path.RemoveAt(path.Count - 1);
                    onPath.Remove(step.Name);
                    done.Add(step.Name);
                    continue;
                }
                if (onPath.Contains(step.Name))
                    return [.. path.SkipWhile(n => n != step.Name), step.Name];
                if (done.Contains(step.Name))
                    continue;
                path.Add(step.Name);
                onPath.Add(step.Name);
                stack.Push((step.Name, true));
                foreach (var next in dependsOn[step.Name].Where(dependsOn.ContainsKey))
                    stack.Push((next, false));
            }
            return null;
        }
    }

    /// <summary>Names so that each comes after what it depends on; a cycle's members come last.</summary>
    public static IReadOnlyList<string> Sorted(IReadOnlyDictionary<string, IReadOnlyList<string>> dependsOn)
    {
        var sorted = new List<string>();
        var placed = new HashSet<string>(StringComparer.Ordinal);
        var rest = dependsOn.Keys.ToList();
        while (rest.Count > 0)
        {
            var free = rest.Where(n => dependsOn[n].All(d => placed.Contains(d) || !dependsOn.ContainsKey(d))).ToList();
            if (free.Count == 0)
                return [.. sorted, .. rest];
            sorted.AddRange(free);
            placed.UnionWith(free);
            rest.RemoveAll(placed.Contains);
        }
        return sorted;
    }
}
