using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Operations;

/// <summary>What a step can come to: the operation is looked at again, turns round, or ends. Each is one write of its record.</summary>
internal sealed class Transitions(
    OperationStore store, Schedule schedule, Reporter reporter, StrategyCatalogue strategies, IOptions<DeployServiceOptions> options,
    DeployMetrics metrics, TimeProvider clock, ILogger<Transitions> log)
{
    private RolloutOptions Rules => options.Value.Rollout;

    public async Task<OperationRecord> SaveAsync(OperationRecord record, OperationStatus status, CancellationToken stop)
    {
        var saved = await store.SaveAsync(record with { Status = status }, stop);
        if (saved is null)
        {
            await store.ReadAsync(record.Id, stop);
            throw new Again("another replica has written this record");
        }
        if (saved.Status.Phase != record.Status.Phase)
            log.Moved(record.Id, saved.Status.Phase, saved.Status.Reason, saved.Status.Message);
        return saved;
    }

    /// <summary>Looks again when wanted, at the next poll, or at the operation's own limit, whichever is first.</summary>
    public void LookAgain(OperationRecord record, TimeSpan? wanted)
    {
        var wait = wanted is { } w && w < Rules.PollInterval.Value ? w : Rules.PollInterval.Value;
        var limit = record.Status.Intent == Intents.Deploy ? record.DeadlineAt : record.Status.ReturnBy ?? DateTimeOffset.MaxValue;
        var left = limit - clock.GetUtcNow();
        schedule.WakeIn(record.Id, left < wait ? left > TimeSpan.Zero ? left : TimeSpan.Zero : wait);
    }

    public void WakeNeighbours(OperationRecord record)
    {
        foreach (var neighbour in store.OnSameWorkload(record))
            if (!neighbour.AtRest)
                schedule.Wake(neighbour.Id);
    }

    /// <summary>A later operation wants the workload: away with what this one has left on it.</summary>
    public async Task GiveWayAsync(OperationRecord record, Job job, string laterId, CancellationToken stop)
    {
        var ending = new Ending(DeployPhases.Stopped, Endings.Superseded, $"operation {laterId} has taken over this workload");
        if (record.Previous is not null && strategies[record.StrategyType].LeavesTraces)
            await TurnRoundAsync(record, ending, stop);
        else
            await EndAsync(record, job, null, ending, stop);
    }

    public async Task FailAsync(OperationRecord record, Job job, Progress why, CancellationToken stop)
    {
        job.Seen = why;
        if (record.HasEnded)
        {
            schedule.WakeIn(record.Id, Rules.PollInterval.Value);
            return;
        }
        if (record.Status.Intent != Intents.Deploy)
        {
            await EndAsync(record, job, why, Endings.ReturnFailed(record.Status.Ending!, $"the way back failed: {why.Reason}: {why.Message}"), stop);
            return;
        }
        var ending = new Ending(DeployPhases.Failed, why.Reason!, why.Message!);
        var policy = record.Request.TextSetting(StrategySettings.OnFailure) ?? (strategies[record.StrategyType].LeavesTraces ? "return" : "keep");
        if (policy == "return" && record.Previous is not null)
            await TurnRoundAsync(record, ending, stop);
        else
            await EndAsync(record, job, why, ending, stop);
    }

    /// <summary>The status of an operation that from now on goes back to what ran before, and then ends like that.</summary>
    public OperationStatus Returning(OperationRecord record, Ending ending) => record.Status with
    {
        Phase = DeployPhases.Progressing,
        Reason = "Returning",
        Message = ending.Message,
        Intent = Intents.Return,
        Ending = ending,
        FinishedAt = null,
        ReportedAt = null,
        Report = null,
        Tail = null,
        ReturnBy = clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Max(120, (record.DeadlineAt - record.StartedAt).TotalSeconds))
    };

    public async Task EndAsync(OperationRecord record, Job job, Progress? last, Ending ending, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        record = await SaveAsync(record, record.Status with
        {
            Phase = ending.Phase,
            Reason = ending.Reason,
            Message = ending.Message,
            Replicas = last?.Replicas ?? job.Seen?.Replicas ?? record.Status.Replicas,
            FinishedAt = now,
            Tail = last?.Tail,
            ReturnBy = null,
            ReportedAt = null,
            Report = reporter.FirstTry(now)
        }, stop);
        metrics.Ended(ending.Phase, record.StrategyType, record.Request.Cluster, now > record.StartedAt ? now - record.StartedAt : TimeSpan.Zero);
        reporter.Report(record);
        WakeNeighbours(record);
        schedule.Wake(record.Id);
    }

    /// <summary>The target cannot be looked at: the operation stays under way and says so, until its deadline.</summary>
    public async Task HinderedAsync(OperationRecord record, Job job, Exception hindrance, CancellationToken stop)
    {
        // Tried every second and by every operation of the cluster: what has been said is not said again.
        if (job.Seen?.Message != hindrance.Message)
            log.Hindered(record.Id, hindrance.Message);
        var now = clock.GetUtcNow();
        job.Seen = Progress.Running(hindrance is ClusterUnreachableException ? "ClusterUnreachable" : "ClusterTroubled", hindrance.Message);
        schedule.WakeIn(record.Id, TimeSpan.FromSeconds(1));
        try
        {
            if (!record.HasEnded && record.Status.Intent == Intents.Deploy && now >= record.DeadlineAt)
                await FailAsync(record, job, Progress.Failed(Endings.DeadlineExceeded, $"{record.NotDoneInTime}; {hindrance.Message}"), stop);
            else if (!record.HasEnded && record.Status.ReturnBy < now)
                await EndAsync(record, job, null, Endings.ReturnFailed(record.Status.Ending!, hindrance.Message), stop);
            else if (record.Status.Phase == DeployPhases.Pending)
                await SaveAsync(record, record.Status with { Phase = DeployPhases.Progressing, Reason = "ClusterUnreachable", Message = hindrance.Message }, stop);
        }
        catch (Exception e) when (e is Again or ClusterUnreachableException or KubeException)
        {
            // The records cannot be written either; the wake-up above tries again.
        }
    }

    private async Task TurnRoundAsync(OperationRecord record, Ending ending, CancellationToken stop)
    {
        await SaveAsync(record, Returning(record, ending), stop);
        schedule.Wake(record.Id);
    }
}
