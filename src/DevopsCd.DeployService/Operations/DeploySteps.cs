using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Operations;

/// <summary>The way forward, to the requested image: one operation of a workload at a time, each with its deadline.</summary>
internal sealed class DeploySteps(OperationStore store, Schedule schedule, Transitions transitions, OperationContextFactory contexts,
    StrategyCatalogue strategies, Leftovers leftovers, TimeProvider clock)
{
    public const string WaitsForPrevious = "WaitingForPrevious";

    /// <summary>Longer than it takes from the look at a target to the record of it, by clocks that are not one.</summary>
    private static readonly TimeSpan s_looked = TimeSpan.FromMinutes(1);

    /// <summary>The target as it was is recorded, the first change is next.</summary>
    public static readonly OperationStatus Starting =
        new() { Phase = DeployPhases.Progressing, Reason = "Starting", Message = "the previous state is recorded" };

    public async Task TakeAsync(OperationRecord record, Job job, CancellationToken cancellationToken)
    {
        var others = store.OnSameWorkload(record);
        if (others.FirstOrDefault(o => !o.HasEnded && o.IsLaterThan(record) && o.SharesContainerWith(record)) is { } later)
        {
            await transitions.GiveWayAsync(record, job, later.Id, cancellationToken);
            return;
        }
        if (clock.GetUtcNow() >= record.DeadlineAt)
        {
            await transitions.FailAsync(record, job, Progress.Failed(Endings.DeadlineExceeded, $"{record.NotDoneInTime}{job.LastSeen}"), cancellationToken);
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
        store.RefuseNewerOn(record.Workload);
        var strategy = strategies[record.StrategyType];
        var acceptedSo = record.StartsAtOnce && !job.SawImage;
        if ((record.Previous is null || acceptedSo) && await leftovers.ClearAsync(record, cancellationToken) is { } clearing)
        {
            job.Seen = clearing;
            transitions.LookAgain(record, clearing.LookAgain);
            return;
        }
        if (record.Previous is null || acceptedSo && await IsOutdatedAsync(record, cancellationToken))
            record = await RecordPreviousAsync(record, strategy, cancellationToken);
        var progress = await strategy.AdvanceAsync(await contexts.OfAsync(record, cancellationToken), cancellationToken);
        job.Seen = progress;
        switch (progress.Outcome)
        {
            case Outcome.Done:
                await transitions.EndAsync(record, job, progress, new Ending(DeployPhases.Succeeded, progress.Reason!, progress.Message!), cancellationToken);
                break;
            case Outcome.Failed:
                await transitions.FailAsync(record, job, progress, cancellationToken);
                break;
            case Outcome.Superseded:
                await transitions.EndAsync(record, job, progress, new Ending(DeployPhases.Stopped, progress.Reason!, progress.Message!), cancellationToken);
                break;
            default:
                await GoOnAsync(record, progress, cancellationToken);
                break;
        }
    }

    private async Task GoOnAsync(OperationRecord record, Progress progress, CancellationToken cancellationToken)
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
            }, cancellationToken);
        }
        transitions.LookAgain(record, progress.LookAgain);
    }

    /// <summary>Records the target as it is just before our first change, in the same write that says the operation has begun.</summary>
    private async Task<OperationRecord> RecordPreviousAsync(OperationRecord record, IDeployStrategy strategy, CancellationToken cancellationToken)
    {
        var inspection = await strategy.InspectAsync(contexts.ClusterOf(record), record.Request, cancellationToken);
        return await transitions.SaveAsync(record with { Previous = inspection.Previous },
            record.Status with { Phase = Starting.Phase, Reason = Starting.Reason, Message = Starting.Message }, cancellationToken);
    }

    /// <summary>
    /// Whether an operation that another replica had accepted, and that was under way when this one was, has written on the workload
    /// since its state was recorded: that is then what ran before this one. An older stamp is there by a person's undo.
    /// </summary>
    private async Task<bool> IsOutdatedAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        var (request, snapshot) = (record.Request, record.Previous!.Value.Deserialize<WorkloadSnapshot>(Json.Options)!);
        var live = await contexts.ClusterOf(record).SeenAsync(Workloads.ResourceOf(request.Workload.Kind), request.Namespace, request.Workload.Name,
            cancellationToken);
        return live?.Annotation(Stamps.Operation) is { } id && id != record.Id && id != snapshot.Stamp
            && await store.FindAsync(id, cancellationToken) is { } other && other.Workload == record.Workload
                && !(other.Status.FinishedAt < record.StartedAt - s_looked);
    }
}
