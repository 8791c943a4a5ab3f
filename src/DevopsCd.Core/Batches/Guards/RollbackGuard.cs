namespace DevopsCd.Core.Batches.Guards;

/// <summary>What production does not run is not rolled back, and a rollback that was asked for already is under way (R19).</summary>
internal sealed class RollbackGuard : IEventGuard
{
    public string Name => "rollback";

    public bool Guards(BatchEventType type) => type is { StageEffect: StageEffect.Begins, Stage: { } stage } && stage.GoesBack();

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(question.Batch switch
    {
        { Status: BatchStatus.PreDeployed, Prod.Dirty: false } => new Obstacle("production runs nothing of this batch; there is nothing to roll back"),
        { RollbackRequested: true } batch =>
            new Obstacle($"{batch.RollbackBy} has already requested the rollback; it begins as soon as nothing is being deployed"),
        _ => null
    });
}
