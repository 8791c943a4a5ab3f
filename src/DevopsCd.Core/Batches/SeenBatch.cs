using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;

namespace DevopsCd.Core.Batches;

/// <summary>Refuses what was asked for by somebody who has seen the batch otherwise.</summary>
internal sealed class SeenBatch(ContentHistory history)
{
    /// <summary>The batch's ETag is that of its releases: version, content and pins must be as they were seen.</summary>
    public async Task CheckAsync(Batch batch, IReadOnlyCollection<BatchRelease> releases, Precondition precondition, CancellationToken cancellationToken)
    {
        var tags = precondition.Seen.Select(BatchTag.Parse).OfType<BatchTag>().ToList();
        var present = BatchTag.Of(batch, releases);
        if (precondition.Seen.Count == 0 || precondition.Seen.Contains("*") || tags.Exists(tag => tag.Holds(present)))
            return;
        throw tags.FirstOrDefault() switch
        {
            { } tag when tag.Version != batch.Version => await history.MovedAsync(batch, tag.Version, tag.Content, cancellationToken),
            { Content: { } content } when content != present.Content => await history.ChangedAsync(batch, releases, content, cancellationToken),
            _ => new BatchRefusedException(RefusalKind.Stale,
                $"who has pinned what in batch {batch.BatchNumber} has changed since it was read; read the batch again")
            { State = batch.Status }
        };
    }
}
