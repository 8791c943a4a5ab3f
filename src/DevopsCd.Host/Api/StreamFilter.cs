using DevopsCd.Host.Live;

namespace DevopsCd.Host.Api;

/// <summary>The changes that somebody has asked for.</summary>
/// <param name="Batch">The id of the only batch; null for any.</param>
/// <param name="Project">The only project whose batches count; null for any.</param>
internal sealed record StreamFilter(long? Batch, string? Project)
{
    public bool Takes(LiveChange change) =>
        (Batch is null || change.BatchId == Batch) && (Project is null || change.Projects.Contains(Project, StringComparer.Ordinal));
}
