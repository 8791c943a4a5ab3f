using System.Globalization;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>What the list of batches is asked for; all of it stands in the page's address.</summary>
/// <param name="State">The English name of a state; null for all.</param>
/// <param name="Search">Part of a number, a title or an application's name.</param>
/// <param name="Project">A project's name.</param>
/// <param name="Before">The id of the last batch of the page before.</param>
/// <param name="View">How they are shown: <see cref="Board" />, or null for the table.</param>
public sealed record BatchFilter(string? State, string? Search, string? Project, long? Before, string? View = null)
{
    /// <summary>A column for each state.</summary>
    public const string Board = "board";

    private const string Path = "/batches";

    public bool IsBoard => View == Board;

    /// <summary>The address of the list with this filter.</summary>
    public string Address
    {
        get
        {
            var query = string.Join('&', new[]
            {
                ("view", View), ("state", State), ("q", Search), ("project", Project), ("before", Before?.ToString(CultureInfo.InvariantCulture))
            }.Where(p => !string.IsNullOrEmpty(p.Item2)).Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2!)}"));
            return query.Length == 0 ? Path : $"{Path}?{query}";
        }
    }
}
