using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>The list of batches as somebody sees it.</summary>
/// <param name="NeedsMe">What waits for this person's decision, and what for.</param>
/// <param name="Counts">Batches of each state, by its English name, before the filter of the state.</param>
/// <param name="Items">One page, newest first.</param>
/// <param name="Next">The id after which the next page begins; null on the last.</param>
/// <param name="Projects">The projects that the person may view.</param>
/// <param name="MayCreate">The person may create batches in some project.</param>
public sealed record BatchListView(
    IReadOnlyList<WaitingBatch> NeedsMe,
    IReadOnlyDictionary<string, int> Counts,
    IReadOnlyList<BatchSummary> Items,
    long? Next,
    IReadOnlyList<string> Projects,
    bool MayCreate)
{
    /// <summary>The board's columns in the order of a batch's life; empty where the table is asked for.</summary>
    public IReadOnlyList<BoardColumn> Columns { get; init; } = [];
}

/// <summary>A batch that waits for somebody's decision.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Event">The key of the event that moves it on.</param>
public sealed record WaitingBatch(BatchSummary Batch, string Event);
