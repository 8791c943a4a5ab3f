using DevopsCd.Contracts.Api;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>What somebody can make a new batch of.</summary>
/// <param name="Applications">Those that they may put into one, by name.</param>
/// <param name="Recent">The latest batches, newest first: the next one is often much like the last.</param>
/// <param name="Projects">The projects to which a batch of theirs can belong, by name.</param>
internal sealed record NewBatchChoice(IReadOnlyList<ApplicationView> Applications, IReadOnlyList<BatchSummary> Recent, IReadOnlyList<string> Projects);
