using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Operations;

/// <summary>What a step can come to: the operation is looked at again, turns round, or ends. Each is one write of its record.</summary>
internal sealed class Transitions(
    OperationStore store, Schedule schedule, Reporter reporter, StrategyCatalogue strategies, Triage triage, IOptions<DeployServiceOptions> options,
    DeployMetrics metrics, TimeProvider clock, ILogger<Transitions> log)
{
    /// <summary>After so many equal answers, a second apart, waiting is given up.</summary>
    private const int MostSameAnswers = 10;

    private const string NewerRecord = "NewerRecord";

    private RolloutOptions Rules => options.Value.Rollout;

    public async Task<OperationRecord> SaveAsync(OperationRecord record, OperationStatus status, CancellationToken cancellationToken)
    {
        var saved = await store.SaveAsync(record with { Status = status with { Basis = schedule.JobOf(record.Id).Basis.Written(record.Status.Basis) } },
            cancellationToken);
        if (saved is null)
        {
            await store.ReadAsync(record.Id, cancellationToken);
            throw new ConcurrentChangeException("another replica has written this record");
        }
        if (saved.Status.Phase != record.Status.Phase)
            log.Moved(record.Id, saved.Status.Phase, saved.Status.Reason, saved.Status.Message);
        return saved;
    }

    /// <summary>Looks again when wanted, at the next poll, or at the operation's own limit, whichever is first.</summary>
    public void LookAgain(OperationRecord record, TimeSpan? wanted)
    {
        var wait = wanted is { } w && w < Rules.PollInterval.Value ? w : Rules.PollInterval.Value;
        var limit = record.Status.Intent == OperationIntent.Deploy ? record.DeadlineAt : record.Status.ReturnBy ?? DateTimeOffset.MaxValue;
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
    public async Task GiveWayAsync(OperationRecord record, Job job, string laterId, CancellationToken cancellationToken)
    {
        var ending = new Ending(DeployPhases.Stopped, Endings.Superseded, $"operation {laterId} has taken over this workload");
        if (record.Previous is not null && strategies[record.StrategyType].LeavesTraces)
            await TurnRoundAsync(record, ending, OperationIntent.Return, cancellationToken);
        else
            await EndAsync(record, job, null, ending, cancellationToken);
    }

    public async Task FailAsync(OperationRecord record, Job job, Progress why, CancellationToken cancellationToken)
    {
        var before = job.Seen?.Reason;
        job.Seen = why with { Replicas = why.Replicas ?? job.Seen?.Replicas };
        if (record.HasEnded)
        {
            schedule.WakeIn(record.Id, Rules.PollInterval.Value);
            return;
        }
        if (record.Status.Intent != OperationIntent.Deploy)
        {
            await EndAsync(record, job, why, Endings.ReturnFailed(record.Status.Ending!, $"the way back failed: {why.Reason}: {why.Message}"),
                cancellationToken);
            return;
        }
        // Before anything is taken back: with it go the pods that tell why.
        var ending = new Ending(DeployPhases.Failed, why.Reason!, why.Message!,
            await triage.OfAsync(record, why.Reason!, why.Message!, before, cancellationToken));
        var policy = record.Request.TextSetting(StrategySettings.OnFailure) ?? (strategies[record.StrategyType].LeavesTraces ? "return" : "keep");
        if (policy == "return" && record.Previous is not null)
            await TurnRoundAsync(record, ending, OperationIntent.Return, cancellationToken);
        else if (record.Previous is not null && strategies[record.StrategyType].LeavesTraces)
            await TurnRoundAsync(record, ending, OperationIntent.Keep, cancellationToken);
        else
            await EndAsync(record, job, why, ending, cancellationToken);
    }

    /// <summary>The status of an operation that from now on goes back to what ran before, and then ends like that.</summary>
    public OperationStatus Returning(OperationRecord record, Ending ending) => record.Status with
    {
        Phase = DeployPhases.Progressing,
        Reason = "Returning",
        Message = ending.Message,
        Intent = OperationIntent.Return,
        Ending = ending,
        Cause = null,
        FinishedAt = null,
        ReportedAt = null,
        Report = null,
        Tail = null,
        ReturnBy = clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Max(120, (record.DeadlineAt - record.StartedAt).TotalSeconds))
    };

    public async Task EndAsync(OperationRecord record, Job job, Progress? last, Ending ending, CancellationToken cancellationToken)
    {
        var cause = ending.Phase == DeployPhases.Succeeded ? null
            : ending.Cause is null && ending.Phase == DeployPhases.Failed
                ? await triage.OfAsync(record, ending.Reason, ending.Message, job.Seen?.Reason, cancellationToken)
                : ending.Cause;
        var now = clock.GetUtcNow();
        record = await SaveAsync(record, record.Status with
        {
            Cause = cause,
            Phase = ending.Phase,
            Reason = ending.Reason,
            Message = ending.Message,
            Replicas = last?.Replicas ?? job.Seen?.Replicas ?? record.Status.Replicas,
            // Another replica may have accepted it, and two never know the time to the millisecond.
            FinishedAt = now > record.StartedAt ? now : record.StartedAt,
            Tail = last?.Tail,
            Left = record.Previous is not null && strategies[record.StrategyType].LeavesTraces && ending.Phase != DeployPhases.Succeeded
                && !(record.Status.Intent == OperationIntent.Return && last?.Outcome == Outcome.Done),
            ReturnBy = null,
            ReportedAt = null,
            Report = reporter.FirstTry(now)
        }, cancellationToken);
        OperationTrace.Ended(record);
        metrics.Ended(ending.Phase, record.StrategyType, record.Request.Cluster, now > record.StartedAt ? now - record.StartedAt : TimeSpan.Zero);
        reporter.Report(record);
        WakeNeighbours(record);
        schedule.Wake(record.Id);
    }

    /// <summary>
    /// A step met an obstacle: the operation stays under way and says so, until its deadline; or, where the target is not out of
    /// reach but answers the same again and again, until that will not heal by itself. The way back is not given up so soon.
    /// </summary>
    public async Task HinderedAsync(OperationRecord record, Job job, Exception hindrance, CancellationToken cancellationToken)
    {
        var (reason, message) = hindrance switch
        {
            ClusterUnreachableException or TimeoutException => ("ClusterUnreachable", hindrance.Message),
            NewerRecordException newer => (NewerRecord, newer.Message),
            KubeException no => (no.Reason, no.Message),
            _ => ("InternalError", $"a step failed unexpectedly: {hindrance.GetType().Name}: {hindrance.Message}")
        };
        // Tried every second and by every operation of the cluster: what has been said is not said again.
        if (job.Seen?.Message != message)
        {
            if (reason == "InternalError")
                log.Broke(hindrance, record.Id);
            else
                log.Hindered(record.Id, message);
        }
        var now = clock.GetUtcNow();
        var times = reason is "ClusterUnreachable" or NewerRecord ? 0 : job.Hindered(message, now);
        job.Seen = record.HasEnded ? Progress.Failed(reason, message) : Progress.Running(reason, message, job.Seen?.Replicas);
        schedule.WakeIn(record.Id, TimeSpan.FromSeconds(1));
        try
        {
            if (!record.HasEnded && record.Status.Intent == OperationIntent.Deploy && now >= record.DeadlineAt)
                await FailAsync(record, job, Progress.Failed(Endings.DeadlineExceeded, $"{record.NotDoneInTime}; {message}"), cancellationToken);
            else if (!record.HasEnded && record.Status.Intent == OperationIntent.Deploy && times >= MostSameAnswers)
                await FailAsync(record, job, Progress.Failed(reason, $"{message} (given up after {times} such answers)"), cancellationToken);
            else if (!record.HasEnded && record.Status.ReturnBy < now)
                await EndAsync(record, job, null, Endings.ReturnFailed(record.Status.Ending!, $"the way back failed: {message}"), cancellationToken);
            else if (record.Status.Phase == DeployPhases.Pending)
                await SaveAsync(record, record.Status with { Phase = DeployPhases.Progressing, Reason = reason, Message = message }, cancellationToken);
        }
        catch (Exception e) when (e is ConcurrentChangeException or ClusterUnreachableException or KubeException)
        {
            // The records cannot be written either; the wake-up above tries again.
        }
    }

    private async Task TurnRoundAsync(OperationRecord record, Ending ending, string intent, CancellationToken cancellationToken)
    {
        await SaveAsync(record, Returning(record, ending) with { Intent = intent }, cancellationToken);
        schedule.Wake(record.Id);
    }
}
