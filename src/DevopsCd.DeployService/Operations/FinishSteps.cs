using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Operations;

/// <summary>What is left to do for an operation that has ended: its tail, when that is due or somebody waits for it, and room in the history.</summary>
internal sealed class FinishSteps(
    OperationStore store, Schedule schedule, Transitions transitions, OperationContextFactory contexts, StrategyCatalogue strategies,
        IOptions<DeployServiceOptions> options, TimeProvider clock,
    ILogger<FinishSteps> log)
{
    /// <summary>Whether nothing is left.</summary>
    public async Task<bool> TakeAsync(OperationRecord record, Job job, CancellationToken cancellationToken)
    {
        if (record.Status.Tail is { } tail)
        {
            var now = clock.GetUtcNow();
            var wanted = store.OnSameWorkload(record).Any(o => !o.HasEnded && o.IsLaterThan(record));
            if (tail.DueAt > now && !wanted)
            {
                await LookAfterAsync(record, job, cancellationToken);
                var poll = options.Value.Rollout.PollInterval.Value;
                schedule.WakeIn(record.Id, tail.DueAt - now < poll ? tail.DueAt - now : poll);
                return false;
            }
            var progress = await strategies[record.StrategyType].FinishAsync(await contexts.OfAsync(record, cancellationToken), cancellationToken);
            if (progress.Outcome == Outcome.Failed && progress.Message != job.Seen?.Message)
                log.Hindered(record.Id, $"{progress.Reason}: {progress.Message}");
            job.Seen = progress;
            if (progress.Outcome != Outcome.Done)
            {
                schedule.WakeIn(record.Id, progress.LookAgain ?? options.Value.Rollout.PollInterval.Value);
                return false;
            }
            record = await transitions.SaveAsync(record, record.Status with { Tail = null }, cancellationToken);
        }
        if (job.Mine)
            await store.PruneAsync(record, cancellationToken);
        return true;
    }

    /// <summary>A person's hand on what this operation has switched wins, and is told.</summary>
    private async Task LookAfterAsync(OperationRecord record, Job job, CancellationToken cancellationToken)
    {
        if (await strategies[record.StrategyType].DisturbedAsync(await contexts.OfAsync(record, cancellationToken), cancellationToken) is not { } hand)
        {
            if (job.Seen?.Reason == Hands.ChangedByOthers)
                job.Seen = null;
            return;
        }
        if (job.Seen?.Message != hand)
            log.Hindered(record.Id, $"{Hands.ChangedByOthers}: {hand}");
        job.Seen = Progress.Failed(Hands.ChangedByOthers, hand);
    }
}
