using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Operations;

/// <summary>
/// What earlier operations have left on a workload beside the image: a canary that was kept, a lent update strategy, a moved selector.
/// Whatever the strategy of the next operation, it begins on a workload that is as it should be.
/// </summary>
internal sealed class Leftovers(OperationStore store, Transitions transitions, OperationContextFactory contexts, StrategyCatalogue strategies)
{
    /// <summary>Takes away what is left; null when nothing is, otherwise what is being waited for.</summary>
    public async Task<Progress?> ClearAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        foreach (var earlier in store.OnSameWorkload(record).Where(o => o.AtRest && o.Status.Left).OrderByDescending(o => o.StartedAt))
            if (await ClearAsync(earlier, record, cancellationToken) is { } waiting)
                return waiting;
        return record.Request.Workload.Kind == "Deployment" ? await ClearSecondsAsync(record, cancellationToken) : null;
    }

    private async Task<Progress?> ClearAsync(OperationRecord earlier, OperationRecord wanted, CancellationToken cancellationToken)
    {
        var progress = await strategies[earlier.StrategyType].ClearAsync(await contexts.OfAsync(earlier, cancellationToken), cancellationToken);
        if (progress.Outcome == Outcome.Failed)
            throw new TargetRejectedException("workload.name", progress.Reason!,
                $"what operation {earlier.Id} has left cannot be taken away: {progress.Message}");
        if (progress.Outcome != Outcome.Done)
            return progress with
            {
                Outcome = Outcome.Running,
                Reason = "ClearingUp",
                Message = $"what operation {earlier.Id} has left is taken away before {wanted.Id} begins: {progress.Message}"
            };
        await transitions.SaveAsync(earlier, earlier.Status with { Left = false }, cancellationToken);
        return null;
    }

    /// <summary>
    /// What an operation whose record is gone has left on the workload itself: fewer pods than it should have, Services that select one
    /// of two versions. Null when there is nothing of it.
    /// </summary>
    private async Task<Progress?> HealAsync(OperationContext operation, KubeObject workload, CancellationToken cancellationToken)
    {
        if (!workload.Wrote(Stamps.State) || workload.Annotation(Stamps.State) is not (CanaryStrategy.Track or BlueGreenStrategy.Track)
            || workload.Annotation(Stamps.Operation) is not { } id || id == operation.Record.Id || await store.FindAsync(id, cancellationToken) is not null)
            return null;
        var healed = await ServicePin.LetGoAsync(operation, workload, id, cancellationToken);
        if (SecondWorkload.SizeOf(workload) is { } size)
        {
            workload = await Workloads.EditAsync(operation, KubeResource.Deployments, workload,
                [JsonEdit.Unchanged(workload), new("replace", "/spec/replicas", size)], cancellationToken);
            healed = true;
        }
        return healed || RolloutStatus.Of(workload) is { Done: false }
            ? Progress.Running("ClearingUp", $"what operation {id}, whose record is gone, has left on Deployment '{workload.Name}' is taken away")
            : null;
    }

    /// <summary>A second workload that no record speaks of any more, or whose operation should have taken it away.</summary>
    private async Task<Progress?> ClearSecondsAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        var operation = await contexts.OfAsync(record, cancellationToken);
        if (await operation.SeenAsync(KubeResource.Deployments, record.Request.Workload.Name, cancellationToken) is { } workload
            && await HealAsync(operation, workload, cancellationToken) is { } healing)
            return healing;
        foreach (var track in new[] { CanaryStrategy.Track, BlueGreenStrategy.Track })
        {
            var name = SecondWorkload.NameOf(record.Request.Workload.Name, track);
            if (await operation.SeenAsync(KubeResource.Deployments, name, cancellationToken) is not { } second)
                continue;
            var stable = await operation.SeenAsync(KubeResource.Deployments, record.Request.Workload.Name, cancellationToken);
            if (!await SecondWorkload.IsOursAsync(second, record.Request, stable?.Uid, track, operation.FindRecordAsync, cancellationToken))
                continue;
            if (second.Annotation(Stamps.Operation) is { } id && await store.FindAsync(id, cancellationToken) is { AtRest: true, Previous: not null } earlier
                && earlier.Workload == record.Workload
                && strategies[earlier.StrategyType].LeavesTraces)
            {
                if (await ClearAsync(earlier, record, cancellationToken) is { } waiting)
                    return waiting;
                continue;
            }
            await SecondWorkload.DeleteAsync(operation, name, second, cancellationToken);
            return Progress.Running("ClearingUp", $"Deployment '{name}', left behind by an operation that is no longer known, is being removed");
        }
        return null;
    }
}
