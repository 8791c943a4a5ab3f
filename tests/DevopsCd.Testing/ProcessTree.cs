using System.Globalization;

namespace DevopsCd.Testing;

/// <summary>A process with all that it has started, as Linux tells of them.</summary>
internal static class ProcessTree
{
    private const int Parent = 1, UserOfIt = 11, SystemOfChildren = 14;

    /// <summary>Of Linux on every processor that it runs on here.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Processor time it has used so far, with what those of it used that have ended.</summary>
    /// <param name="root">Its first process.</param>
    public static TimeSpan ProcessorTime(int root)
    {
        var all = All();
        var (used, waiting) = (0L, new Stack<int>([root]));
        var children = all.ToLookup(process => process.Value.Parent, process => process.Key);
        while (waiting.TryPop(out var id))
        {
            used += all.TryGetValue(id, out var process) ? process.Ticks : 0;
            foreach (var child in children[id]) waiting.Push(child);
        }

        return TimeSpan.FromSeconds(used / TicksPerSecond);
    }

    private static Dictionary<int, (int Parent, long Ticks)> All()
    {
        var all = new Dictionary<int, (int, long)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                var stat = File.ReadAllText($"{folder}/stat");
                // The name before may have spaces in it.
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                // User and system, of itself and of its children that have ended.
                all[id] = (int.Parse(fields[Parent], CultureInfo.InvariantCulture),
                    fields[UserOfIt..(SystemOfChildren + 1)].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)));
            }
            catch (IOException)
            {
                // It ended between the listing and the look.
            }
        }

        return all;
    }
}
