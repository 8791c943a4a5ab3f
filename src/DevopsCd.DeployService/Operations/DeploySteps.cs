using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Operations;

/// <summary>The way forward, to the requested image: one operation of a workload at a time, each with its deadline.</summary>
internal sealed class DeploySteps(OperationStore store, Schedule schedule, Transitions transitions, Contexts contexts, StrategyCatalogue strategies, TimeProvider clock)
{
    public const string WaitsForPrevious = "WaitingForPrevious";

    public async Task TakeAsync(OperationRecord record, Job job, CancellationToken stop)
    {
        var others = store.OnSameWorkload(record);
        if (others.FirstOrDefault(o => !o.HasEnded && o.IsLaterThan(record) && SameContainer(o, record)) is { } later)
        {
            await transitions.GiveWayAsync(record, job, later.Id, stop);
            return;
        }
        if (clock.GetUtcNow() >= record.DeadlineAt)
        {
            await transitions.FailAsync(record, job, Progress.Failed(Endings.DeadlineExceeded, $"{record.NotDoneInTime}{job.LastSeen}"), stop);
            return;
        }
        if (others.FirstOrDefault(o => !o.AtRest && record.IsLaterThan(o)) is { } earlier)
        {
            var why = schedule.Find(earlier.Id)?.Seen is { } left ? $": {left.Reason}: {left.Message}" : "";
            job.Seen = Progress.Running(WaitsForPrevious, $"operation {earlier.Id} is not finished with this workload{why}");
            schedule.Wake(earlier.Id);
            transitions.LookAgain(record, null);
            return;
        }
        var strategy = strategies[record.StrategyType];
        if (record.Previous is null)
            record = await RecordPreviousAsync(record, strategy, stop);
        var progress = await strategy.AdvanceAsync(contexts.Of(record), stop);
        job.Seen = progress;
        switch (progress.Outcome)
        {
            case Outcome.Done:
                await transitions.EndAsync(record, job, progress, new Ending(DeployPhases.Succeeded, progress.Reason!, progress.Message!), stop);
                break;
            case Outcome.Failed:
                await transitions.FailAsync(record, job, progress, stop);
                break;
            case Outcome.Superseded:
                await transitions.EndAsync(record, job, progress, new Ending(DeployPhases.Stopped, progress.Reason!, progress.Message!), stop);
                break;
            default:
                await GoOnAsync(record, progress, stop);
                break;
        }
    }

    private async Task GoOnAsync(OperationRecord record, Progress progress, CancellationToken stop)
    {
        var phase = progress.Outcome == Outcome.Paused ? DeployPhases.Paused : DeployPhases.Progressing;
        if (phase != record.Status.Phase || progress.State is not null)
        {
            record = await transitions.SaveAsync(record, record.Status with
            {
                Phase = phase,
                Reason = progress.Reason,
                Message = progress.Message,
                Replicas = progress.Replicas,
                State = progress.State ?? record.Status.State
            }, stop);
        }
        transitions.LookAgain(record, progress.LookAgain);
    }

    /// <summary>Records the target as it is just before our first change, in the same write that says the operation has begun.</summary>
    private async Task<OperationRecord> RecordPreviousAsync(OperationRecord record, IDeployStrategy strategy, CancellationToken stop)
    {
        var inspection = await strategy.InspectAsync(contexts.ClusterOf(record), record.Request, stop);
        return await transitions.SaveAsync(record with { Previous = inspection.Previous },
            record.Status with { Phase = DeployPhases.Progressing, Reason = "Starting", Message = "the previous state is recorded" }, stop);
    }

    private static bool SameContainer(OperationRecord one, OperationRecord other) =>
        one.Request.Workload.Container is null || other.Request.Workload.Container is null || one.Request.Workload.Container == other.Request.Workload.Container;
}
