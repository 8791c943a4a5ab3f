using DevopsCd.Core.Configuration;
using DevopsCd.Core.Deployments;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>
/// The end of a stage is what its deployments say (R8): found by this transaction, or to be looked up for whoever else says so. With the
/// driver <c>external</c> an outside system decides; a cancel ends the stage there as well.
/// </summary>
internal sealed class StageEndGuard(StageDispatcher dispatcher, StageEnds ends, DeployOptions deploy) : IEventGuard
{
    public string Name => "stage";

    public bool Guards(BatchEventType type) => type.StageEffect == StageEffect.Ends;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        var (batch, stage, said) = (question.Batch, question.Type.Stage!.Value, End(question.Type));
        if (BatchStatus.Deploying(batch.Status) != stage || ends.Found(batch, stage, said))
            return null;
        if (said == StageDecision.Stopped)
            return batch.StopRequested && await dispatcher.DecisionAsync(batch, stage, cancellationToken) == StageDecision.Stopped
                ? null
                : new Obstacle("no stop was requested, or something is still being deployed");
        return deploy.External || await dispatcher.DecisionAsync(batch, stage, cancellationToken) == said
            ? null
            : new Obstacle("the engine decides the end of a stage from its deployments; reports from outside count only with core:deploy:driver external");
    }

    private static StageDecision End(BatchEventType type) => type.Tone switch
    {
        EventTone.Good => StageDecision.Completed,
        EventTone.Bad => StageDecision.Failed,
        _ => StageDecision.Stopped
    };
}
