using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Operations;

/// <summary>The way back to what ran before, or the halt where it is, after a stop, a rollback or a failure.</summary>
internal sealed class ReturnSteps(Schedule schedule, Transitions transitions, Contexts contexts, StrategyCatalogue strategies, TimeProvider clock)
{
    public async Task TakeAsync(OperationRecord record, Job job, CancellationToken stop)
    {
        var strategy = strategies[record.StrategyType];
        var ending = record.Status.Ending!;
        if (record.Status.ReturnBy is { } limit && clock.GetUtcNow() >= limit)
        {
            await transitions.EndAsync(record, job, null, Endings.ReturnFailed(ending, $"the way back did not come to an end in time{job.LastSeen}"), stop);
            return;
        }
        Progress? progress = null;
        if (record.Status.Intent == Intents.Hold)
        {
            progress = record.Previous is null ? null : await strategy.HoldAsync(contexts.Of(record), stop);
            if (progress is null)
            {
                // This kind of target cannot be halted: back to what ran before.
                await transitions.SaveAsync(record, record.Status with { Intent = Intents.Return }, stop);
                schedule.Wake(record.Id);
                return;
            }
        }
        progress ??= await strategy.ReturnAsync(contexts.Of(record), stop);
        job.Seen = progress;
        switch (progress.Outcome)
        {
            case Outcome.Done or Outcome.Superseded:
                await transitions.EndAsync(record, job, progress, ending with { Message = $"{ending.Message}; {progress.Message}" }, stop);
                break;
            case Outcome.Failed:
                await transitions.EndAsync(record, job, progress, Endings.ReturnFailed(ending, $"the way back failed: {progress.Reason}: {progress.Message}"), stop);
                break;
            default:
                if (progress.State is { } state)
                    record = await transitions.SaveAsync(record, record.Status with { State = state }, stop);
                transitions.LookAgain(record, progress.LookAgain);
                break;
        }
    }
}
