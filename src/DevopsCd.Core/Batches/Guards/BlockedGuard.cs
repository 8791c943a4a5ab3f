namespace DevopsCd.Core.Batches.Guards;

/// <summary>After a failed pre-deploy only a person can start it again (R5); by a policy also the first time.</summary>
internal sealed class BlockedGuard : IEventGuard
{
    public string Name => "blocked";

    public bool Guards(BatchEventType type) => type.StageEffect == StageEffect.Begins && type.RaisedBy.HasFlag(EventRaisers.Engine);

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(
        question.Batch.AutoDeployBlocked && question.Asked is { Operator: Operators.Engine }
            ? new Obstacle(Why(question.Batch)) { LiftedBy = question.Type.Permission }
            : null);

    private static Sentence Why(Batch batch)
    {
        Sentence byPolicy = "by the project's policy a person starts pre-production", failed = "the last pre-deploy failed; only a person can start it again";
        return batch.LastFailure is null ? byPolicy : failed;
    }
}
