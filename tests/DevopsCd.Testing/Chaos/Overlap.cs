namespace DevopsCd.Testing.Chaos;

internal static class Overlap
{
    /// <summary>The largest number of spans that hold one instant; one that ends as another begins does not overlap it.</summary>
    public static int Most<T>(IEnumerable<(T Start, T End)> spans)
        where T : IComparable<T>
    {
        var edges = spans.SelectMany(span => new[] { (At: span.Start, Change: 1), (At: span.End, Change: -1) }).OrderBy(edge => edge.At)
            .ThenBy(edge => edge.Change);
        int running = 0, most = 0;
        foreach (var edge in edges) most = Math.Max(most, running += edge.Change);
        return most;
    }
}
