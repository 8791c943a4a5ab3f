namespace DevopsCd.Host.Tests.HouseRules;

/// <summary>One room names another one.</summary>
/// <param name="Room">The room that does.</param>
/// <param name="Other">The room that it names.</param>
/// <param name="Line">Where, as <c>path:line: text</c>.</param>
internal sealed record RoomUse(string Room, string Other, string Line)
{
    /// <summary>The shortest way from a room back to itself; null where there is none.</summary>
    public static IReadOnlyList<RoomUse>? Circle(IReadOnlyCollection<RoomUse> uses, string room)
    {
        var ways = new Queue<IReadOnlyList<RoomUse>>([[]]);
        var reached = new HashSet<string>();
        while (ways.TryDequeue(out var way))
            foreach (var next in uses.Where(u => u.Room == (way.Count == 0 ? room : way[^1].Other)).DistinctBy(u => u.Other))
                if (next.Other == room)
                    return [.. way, next];
                else if (reached.Add(next.Other))
                    ways.Enqueue([.. way, next]);
        return null;
    }
}
