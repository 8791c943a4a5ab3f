using DevopsCd.Core.Auditing;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>Nothing has happened to the batch since the asker looked at it, where the asker says what was seen.</summary>
internal sealed class VersionGuard(ContentHistory history) : IEventGuard
{
    public string Name => "version";

    public bool Guards(BatchEventType type) => !type.Creates;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        if (question.Asked is not { ExpectedVersion: { } expected } asked || expected == question.Batch.Version)
            return null;
        var moved = await history.MovedAsync(question.Batch, expected, asked.ContentHash, cancellationToken);
        return new Obstacle(moved.Reason) { Kind = moved.Kind, Fields = moved.Fields, LiftedBy = Obstacle.Asker };
    }
}
