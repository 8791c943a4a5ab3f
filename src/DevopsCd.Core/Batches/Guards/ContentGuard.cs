using DevopsCd.Core.Auditing;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>The content is what the asker has looked at, where the asker says what was seen.</summary>
internal sealed class ContentGuard(BatchReleases releases, ContentHistory history) : IEventGuard
{
    public string Name => "content";

    public bool Guards(BatchEventType type) => !type.Creates;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        if (question.Asked?.ContentHash is not { Length: > 0 } seen)
            return null;
        var present = await releases.OfAsync(question.Batch, cancellationToken);
        if (seen.Length >= BatchTag.ContentLength && ContentHash.Of(present).StartsWith(seen, StringComparison.Ordinal))
            return null;
        var changed = await history.ChangedAsync(question.Batch, present, seen, cancellationToken);
        return new Obstacle(changed.Reason) { Kind = changed.Kind, Fields = changed.Fields, LiftedBy = Obstacle.Asker };
    }
}
