using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Operations;

/// <summary>The way back to what ran before, or the halt where it is, after a stop, a rollback or a failure.</summary>
internal sealed class ReturnSteps(Schedule schedule, Transitions transitions, OperationContextFactory contexts, StrategyCatalogue strategies,
    TimeProvider clock)
{
    public async Task TakeAsync(OperationRecord record, Job job, CancellationToken cancellationToken)
    {
        var strategy = strategies[record.StrategyType];
        var ending = record.Status.Ending!;
        if (record.Status.ReturnBy is { } limit && clock.GetUtcNow() >= limit)
        {
            await transitions.EndAsync(record, job, null, Endings.ReturnFailed(ending, $"the way back did not come to an end in time{job.LastSeen}"),
                cancellationToken);
            return;
        }
        Progress? progress = null;
        if (record.Status.Intent == OperationIntent.Hold)
        {
            progress = record.Previous is null ? null : await strategy.HoldAsync(await contexts.OfAsync(record, cancellationToken), cancellationToken);
            if (progress is null)
            {
                // This kind of target cannot be halted: back to what ran before.
                await transitions.SaveAsync(record, record.Status with { Intent = OperationIntent.Return }, cancellationToken);
                schedule.Wake(record.Id);
                return;
            }
        }
        if (record.Status.Intent == OperationIntent.Keep)
        {
            var kept = await strategy.KeepAsync(await contexts.OfAsync(record, cancellationToken), cancellationToken);
            await transitions.EndAsync(record, job, kept.Replicas is null ? job.Seen : kept, ending, cancellationToken);
            return;
        }
        progress ??= await ReturnAsync(record, strategy, cancellationToken);
        job.Seen = progress;
        switch (progress.Outcome)
        {
            case Outcome.Done or Outcome.Superseded:
                await transitions.EndAsync(record, job, progress, ending with { Message = $"{ending.Message}; {progress.Message}" }, cancellationToken);
                break;
            case Outcome.Failed when progress.Reason == Hands.ChangedByOthers:
                await transitions.EndAsync(record, job, progress, Endings.LeftToOthers(ending, progress.Message!), cancellationToken);
                break;
            case Outcome.Failed:
                await transitions.EndAsync(record, job, progress, Endings.ReturnFailed(ending, $"the way back failed: {progress.Reason}: {progress.Message}"),
                    cancellationToken);
                break;
            default:
                if (progress.State is { } state)
                    record = await transitions.SaveAsync(record, record.Status with { State = state }, cancellationToken);
                transitions.LookAgain(record, progress.LookAgain);
                break;
        }
    }

    private async Task<Progress> ReturnAsync(OperationRecord record, IDeployStrategy strategy, CancellationToken cancellationToken)
    {
        try
        {
            return await strategy.ReturnAsync(await contexts.OfAsync(record, cancellationToken), cancellationToken);
        }
        catch (TargetRejectedException gone) when (gone.Reason == TargetRejectedException.WorkloadNotFound)
        {
            return (await strategy.ClearAsync(await contexts.OfAsync(record, cancellationToken), cancellationToken)).Outcome is Outcome.Done or Outcome.Failed
                ? Progress.Failed(gone.Reason, record.Status.Ending!.Reason == gone.Reason ? "nothing is left to return to" : gone.Message)
                : Progress.Running("Returning", $"{gone.Message}; what stands beside it is being removed");
        }
    }
}
