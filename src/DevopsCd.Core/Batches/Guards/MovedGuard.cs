using DevopsCd.Core.Access;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>
/// While production runs a part of a batch, the batch is not reopened: production must first be as it was, or all of it (R18). It is cancelled
/// only by whoever accepts that production stays so (R19).
/// </summary>
internal sealed class MovedGuard : IEventGuard
{
    /// <summary>What explanations call it.</summary>
    public const string Key = "moved";

    public string Name => Key;

    public bool Guards(BatchEventType type) => type.Reopens || Cancels(type);

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(
        !question.Batch.Prod.Dirty || question.Asked is { AcceptMoved: true } ? null
        : Cancels(question.Type)
            ? new Obstacle("production runs a part of this batch; roll it back first, or cancel with acceptMoved: true, which leaves production as it is")
            {
                LiftedBy = Obstacle.Asker
            }
            : new Obstacle("a failed production deployment has already changed applications; deploy the rest, or roll them back, before the batch is reopened")
            {
                LiftedBy = Permissions.Rollback
            });

    private static bool Cancels(BatchEventType type) => type.MessageType == typeof(Contracts.CancelBatch);
}
