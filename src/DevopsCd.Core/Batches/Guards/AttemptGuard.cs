namespace DevopsCd.Core.Batches.Guards;

/// <summary>What is told of a stage is told of its present attempt (R10).</summary>
internal sealed class AttemptGuard : IEventGuard
{
    public string Name => "attempt";

    public bool Guards(BatchEventType type) => type.StageEffect == StageEffect.Ends;

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(
        question.Asked?.Attempt is { } said && said != question.Batch.Attempt(question.Type.Stage!.Value)
            ? new Obstacle($"the report is about attempt {said}; the present one is {question.Batch.Attempt(question.Type.Stage.Value)}")
            {
                Kind =
                RefusalKind.Late
            }
            : null);
}
