namespace DevopsCd.Core.Batches.Guards;

/// <summary>A cancel that was asked for already is under way (R6).</summary>
internal sealed class CancelGuard : IEventGuard
{
    public string Name => "cancel-requested";

    public bool Guards(BatchEventType type) => type.MessageType == typeof(Contracts.CancelBatch);

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(
        question.Batch is { CancelRequested: true, Status: BatchStatus.PreDeploying } batch
            ? new Obstacle($"{batch.CancelledBy} has already requested the cancel; the batch is cancelled as soon as nothing is being deployed")
            : null);
}
