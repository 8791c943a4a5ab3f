using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Operations;

/// <summary>What is left to do for an operation that has ended: its tail, when that is due or somebody waits for it, and room in the history.</summary>
internal sealed class FinishSteps(
    OperationStore store, Schedule schedule, Transitions transitions, Contexts contexts, StrategyCatalogue strategies, IOptions<DeployServiceOptions> options, TimeProvider clock,
    ILogger<FinishSteps> log)
{
    /// <summary>Whether nothing is left.</summary>
    public async Task<bool> TakeAsync(OperationRecord record, Job job, CancellationToken stop)
    {
        if (record.Status.Tail is { } tail)
        {
            var now = clock.GetUtcNow();
            var wanted = store.OnSameWorkload(record).Any(o => !o.HasEnded && o.IsLaterThan(record));
            if (tail.DueAt > now && !wanted)
            {
                schedule.WakeIn(record.Id, tail.DueAt - now);
                return false;
            }
            var progress = await strategies[record.StrategyType].FinishAsync(contexts.Of(record), stop);
            if (progress.Outcome == Outcome.Failed && progress.Message != job.Seen?.Message)
                log.Hindered(record.Id, $"{progress.Reason}: {progress.Message}");
            job.Seen = progress;
            if (progress.Outcome != Outcome.Done)
            {
                schedule.WakeIn(record.Id, progress.LookAgain ?? options.Value.Rollout.PollInterval.Value);
                return false;
            }
            record = await transitions.SaveAsync(record, record.Status with { Tail = null }, stop);
        }
        if (job.Mine)
            await store.PruneAsync(record, stop);
        return true;
    }
}
