using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>The batches of one state.</summary>
/// <param name="State">The state's English name.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Newest">The newest of them.</param>
public sealed record BoardColumn(string State, int Count, IReadOnlyList<BatchSummary> Newest);
