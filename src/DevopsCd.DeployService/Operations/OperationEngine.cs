using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Callbacks;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Operations;

/// <summary>
/// Brings every unfinished operation on, one step whenever something about it has changed or its time has come. Any replica may do
/// any step: what was decided is in the record, and only one writer of a version wins.
/// </summary>
internal sealed class OperationEngine(
    Clusters clusters, OperationStore store, StrategyCatalogue strategies, ICallback callback, IOptions<DeployServiceOptions> options,
    DeployMetrics metrics, TimeProvider clock, ILogger<OperationEngine> log) : BackgroundService
{
    private const string WaitsForPrevious = "WaitingForPrevious";

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchRest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ReportTakeover = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReportGiveUp = TimeSpan.FromHours(1);

    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, Job> _jobs = new();
    private readonly ConcurrentDictionary<(string Cluster, string Namespace), ConcurrentDictionary<string, WorkloadKey>> _active = new();

    private RolloutOptions Rules => options.Value.Rollout;

    /// <summary>This process has recorded the operation itself and starts at once.</summary>
    public void Begin(OperationRecord record)
    {
        Activate(record);
        var job = JobOf(record.Id);
        job.Mine = true;
        // What was seen before somebody asked for something else is no longer how it stands.
        job.Seen = null;
        Wake(record.Id);
    }

    /// <summary>The operation as this process sees it now.</summary>
    public DeployOperationView View(OperationRecord record)
    {
        var view = record.ToView();
        return !record.HasEnded && _jobs.GetValueOrDefault(record.Id)?.Seen is { } seen
            ? view with
            {
                // What stands in the way of the first step is said before it can be written down.
                Phase = view.Phase == DeployPhases.Pending && seen.Reason != WaitsForPrevious ? DeployPhases.Progressing : view.Phase,
                Reason = seen.Reason ?? view.Reason,
                Message = seen.Message ?? view.Message,
                Replicas = seen.Replicas ?? view.Replicas
            }
            : view;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.ObservePhases(() => store.All().GroupBy(r => r.Status.Phase).Select(g => new Measurement<long>(g.Count(), new KeyValuePair<string, object?>("phase", g.Key))));
        store.Changed += OnRecord;
        foreach (var cluster in clusters.All)
            cluster.Changed += OnObject;
        var workers = Enumerable.Range(0, Rules.Workers).Select(_ => WorkAsync(stoppingToken)).ToList();
        try
        {
            await KeepHouseAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The process ends; whatever is unfinished is found again from the records.
        }
        await Task.WhenAll(workers);
        foreach (var job in _jobs.Values)
            job.Dispose();
    }

    private async Task KeepHouseAsync(CancellationToken stop)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(15), clock);
        do
        {
            if (await store.TroubleAsync(stop) is { } trouble)
                log.RecordsUnavailable(trouble.Message);
            foreach (var cluster in clusters.All)
                await cluster.RestAsync(WatchRest);
        }
        while (await tick.WaitForNextTickAsync(stop));
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var id in _queue.Reader.ReadAllAsync(stop))
            {
                var job = JobOf(id);
                if (!job.TryEnter())
                    continue;
                try
                {
                    await TakeStepAsync(id, job, stop);
                }
                catch (Exception broken) when (broken is not OperationCanceledException || !stop.IsCancellationRequested)
                {
                    log.Broke(broken, id);
                    WakeIn(id, TimeSpan.FromSeconds(5));
                }
                finally
                {
                    if (job.Leave())
                        _queue.Writer.TryWrite(id);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task TakeStepAsync(string id, Job job, CancellationToken stop)
    {
        if (store.Known(id) is not { } record)
        {
            Retire(id, job);
            return;
        }
        if (!job.Mine && record.Status.Phase == DeployPhases.Pending && record.StartedAt + Rules.TakeoverAfter.Value is var mine && mine > clock.GetUtcNow() && record.Previous is null)
        {
            WakeIn(id, mine - clock.GetUtcNow());
            return;
        }
        try
        {
            if (record.HasEnded)
                await AfterTheEndAsync(record, job, stop);
            else if (record.Status.Intent == Intents.Deploy)
                await DeployAsync(record, job, stop);
            else
                await UndoAsync(record, job, stop);
        }
        catch (Again)
        {
            WakeIn(id, Soon);
        }
        catch (Refused refused)
        {
            await FailAsync(record, job, Progress.Failed(refused.Reason, refused.Message), stop);
        }
        catch (KubeException no) when ((int)no.Status is 400 or 403 or 404 or 422)
        {
            await FailAsync(record, job, Progress.Failed(no.Reason, no.Message), stop);
        }
        catch (Exception hindrance) when (hindrance is ClusterUnreachableException or TimeoutException or KubeException)
        {
            await WaitAsync(record, job, hindrance, stop);
        }
    }

    private async Task DeployAsync(OperationRecord record, Job job, CancellationToken stop)
    {
        var others = store.OnSameWorkload(record);
        if (others.FirstOrDefault(o => !o.HasEnded && o.IsLaterThan(record) && SameContainer(o, record)) is { } later)
        {
            await GiveWayAsync(record, job, later.Id, stop);
            return;
        }
        if (clock.GetUtcNow() >= record.DeadlineAt)
        {
            var last = job.Seen is { } seen ? $"; last seen: {seen.Reason}: {seen.Message}" : "";
            await FailAsync(record, job, Progress.Failed(Endings.DeadlineExceeded, $"not done within {(record.DeadlineAt - record.StartedAt).TotalSeconds:0} s{last}"), stop);
            return;
        }
        if (others.FirstOrDefault(o => !o.AtRest && record.IsLaterThan(o)) is { } earlier)
        {
            var why = _jobs.GetValueOrDefault(earlier.Id)?.Seen is { } left ? $": {left.Reason}: {left.Message}" : "";
            job.Seen = Progress.Running(WaitsForPrevious, $"operation {earlier.Id} is not finished with this workload{why}");
            Wake(earlier.Id);
            WakeAgain(record, null);
            return;
        }
        var strategy = strategies[record.StrategyType];
        if (record.Previous is null)
            record = await RecordPreviousAsync(record, strategy, stop);
        var progress = await strategy.AdvanceAsync(Context(record), stop);
        job.Seen = progress;
        switch (progress.Outcome)
        {
            case Outcome.Done:
                await EndAsync(record, job, progress, new Ending(DeployPhases.Succeeded, progress.Reason!, progress.Message!), stop);
                break;
            case Outcome.Failed:
                await FailAsync(record, job, progress, stop);
                break;
            case Outcome.Superseded:
                await EndAsync(record, job, progress, new Ending(DeployPhases.Stopped, progress.Reason!, progress.Message!), stop);
                break;
            default:
                var phase = progress.Outcome == Outcome.Paused ? DeployPhases.Paused : DeployPhases.Progressing;
                if (phase != record.Status.Phase || progress.State is not null)
                {
                    record = await SaveAsync(record, record.Status with
                    {
                        Phase = phase,
                        Reason = progress.Reason,
                        Message = progress.Message,
                        Replicas = progress.Replicas,
                        State = progress.State ?? record.Status.State
                    }, stop);
                }
                WakeAgain(record, progress.LookAgain);
                break;
        }
    }

    private async Task UndoAsync(OperationRecord record, Job job, CancellationToken stop)
    {
        var strategy = strategies[record.StrategyType];
        var ending = record.Status.Ending!;
        if (record.Status.ReturnBy is { } limit && clock.GetUtcNow() >= limit)
        {
            var last = job.Seen is { } seen ? $"; last seen: {seen.Reason}: {seen.Message}" : "";
            await EndAsync(record, job, null, new Ending(DeployPhases.Failed, "ReturnFailed", $"{ending.Message}; the way back did not come to an end in time{last}"), stop);
            return;
        }
        Progress? progress = null;
        if (record.Status.Intent == Intents.Hold)
        {
            progress = record.Previous is null ? null : await strategy.HoldAsync(Context(record), stop);
            if (progress is null)
            {
                // This kind of target cannot be halted: back to what ran before.
                await SaveAsync(record, record.Status with { Intent = Intents.Return }, stop);
                Wake(record.Id);
                return;
            }
        }
        progress ??= await strategy.ReturnAsync(Context(record), stop);
        job.Seen = progress;
        switch (progress.Outcome)
        {
            case Outcome.Done or Outcome.Superseded:
                await EndAsync(record, job, progress, ending with { Message = $"{ending.Message}; {progress.Message}" }, stop);
                break;
            case Outcome.Failed:
                await EndAsync(record, job, progress, new Ending(DeployPhases.Failed, "ReturnFailed", $"{ending.Message}; the way back failed: {progress.Reason}: {progress.Message}"), stop);
                break;
            default:
                WakeAgain(record, progress.LookAgain);
                break;
        }
    }

    private async Task AfterTheEndAsync(OperationRecord record, Job job, CancellationToken stop)
    {
        if (record.Status.Tail is { } tail)
        {
            var now = clock.GetUtcNow();
            var wanted = store.OnSameWorkload(record).Any(o => !o.HasEnded && o.IsLaterThan(record));
            if (tail.DueAt > now && !wanted)
            {
                WakeIn(record.Id, tail.DueAt - now);
            }
            else
            {
                var progress = job.Seen = await strategies[record.StrategyType].FinishAsync(Context(record), stop);
                if (progress.Outcome == Outcome.Done)
                    record = await SaveAsync(record, record.Status with { Tail = null }, stop);
                else
                    WakeIn(record.Id, progress.LookAgain ?? Rules.PollInterval.Value);
            }
        }
        if (record.Status.ReportedAt is null && callback.Kind != CallbackKinds.None)
            record = await ReportAsync(record, job, stop);
        if (record.AtRest && (record.Status.ReportedAt is not null || callback.Kind == CallbackKinds.None))
        {
            if (job.Mine)
                await store.PruneAsync(record, stop);
            Retire(record.Id, job);
        }
    }

    private async Task<OperationRecord> ReportAsync(OperationRecord record, Job job, CancellationToken stop)
    {
        var ended = record.Status.FinishedAt ?? clock.GetUtcNow();
        var age = clock.GetUtcNow() - ended;
        // Whatever wakes an operation, its callback keeps to its own times: another replica's turn first, then the pause after a failure.
        var wait = !job.Ended && age < ReportTakeover ? ReportTakeover - age : job.CallbackDueAt - clock.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            WakeIn(record.Id, wait);
            return record;
        }
        try
        {
            await callback.SendAsync(new DeploymentReported
            {
                OperationId = record.Id,
                Phase = record.Status.Phase == DeployPhases.Succeeded ? DeploymentPhase.Succeeded : DeploymentPhase.Failed,
                Reason = record.Status.Reason,
                Message = record.Status.Message
            }, ended, stop);
            metrics.Callback("sent");
            return await SaveAsync(record, record.Status with { ReportedAt = clock.GetUtcNow() }, stop);
        }
        catch (Exception failed) when (failed is not Again && !stop.IsCancellationRequested)
        {
            metrics.Callback("failed");
            if (age > ReportGiveUp)
            {
                log.CallbackGivenUp(record.Id);
                return await SaveAsync(record, record.Status with { ReportedAt = clock.GetUtcNow() }, stop);
            }
            wait = TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, job.CallbackTries++)));
            job.CallbackDueAt = clock.GetUtcNow() + wait;
            log.CallbackFailed(record.Id, wait, failed.Message);
            WakeIn(record.Id, wait);
            return record;
        }
    }

    /// <summary>A later operation wants the workload: away with what this one has left on it.</summary>
    private async Task GiveWayAsync(OperationRecord record, Job job, string laterId, CancellationToken stop)
    {
        var ending = new Ending(DeployPhases.Stopped, Endings.Superseded, $"operation {laterId} has taken over this workload");
        if (record.Previous is not null && strategies[record.StrategyType].LeavesTraces)
        {
            await SaveAsync(record, Returning(record, ending), stop);
            Wake(record.Id);
        }
        else
        {
            await EndAsync(record, job, null, ending, stop);
        }
    }

    private async Task FailAsync(OperationRecord record, Job job, Progress why, CancellationToken stop)
    {
        job.Seen = why;
        if (record.HasEnded)
        {
            WakeIn(record.Id, Rules.PollInterval.Value);
            return;
        }
        if (record.Status.Intent != Intents.Deploy)
        {
            await EndAsync(record, job, why, new Ending(DeployPhases.Failed, "ReturnFailed", $"{record.Status.Ending?.Message}; the way back failed: {why.Reason}: {why.Message}"), stop);
            return;
        }
        var ending = new Ending(DeployPhases.Failed, why.Reason!, why.Message!);
        var policy = record.Request.TextSetting(StrategySettings.OnFailure) ?? (strategies[record.StrategyType].LeavesTraces ? "return" : "keep");
        if (policy == "return" && record.Previous is not null)
        {
            await SaveAsync(record, Returning(record, ending), stop);
            Wake(record.Id);
        }
        else
        {
            await EndAsync(record, job, why, ending, stop);
        }
    }

    public OperationStatus Returning(OperationRecord record, Ending ending) => record.Status with
    {
        Phase = DeployPhases.Progressing,
        Reason = "Returning",
        Message = ending.Message,
        Intent = Intents.Return,
        Ending = ending,
        FinishedAt = null,
        ReportedAt = null,
        Tail = null,
        ReturnBy = clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Max(120, (record.DeadlineAt - record.StartedAt).TotalSeconds))
    };

    private async Task EndAsync(OperationRecord record, Job job, Progress? last, Ending ending, CancellationToken stop)
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
            ReportedAt = null
        }, stop);
        job.Ended = true;
        metrics.Ended(ending.Phase, record.StrategyType, record.Request.Cluster, now > record.StartedAt ? now - record.StartedAt : TimeSpan.Zero);
        WakeNeighbours(record);
        Wake(record.Id);
    }

    /// <summary>The target cannot be looked at: the operation stays under way and says so, until its deadline.</summary>
    private async Task WaitAsync(OperationRecord record, Job job, Exception hindrance, CancellationToken stop)
    {
        // Tried every second and by every operation of the cluster: what has been said is not said again.
        if (job.Seen?.Message != hindrance.Message)
            log.Hindered(record.Id, hindrance.Message);
        var now = clock.GetUtcNow();
        job.Seen = Progress.Running(hindrance is ClusterUnreachableException ? "ClusterUnreachable" : "ClusterTroubled", hindrance.Message);
        WakeIn(record.Id, TimeSpan.FromSeconds(1));
        try
        {
            if (!record.HasEnded && record.Status.Intent == Intents.Deploy && now >= record.DeadlineAt)
                await FailAsync(record, job, Progress.Failed(Endings.DeadlineExceeded, $"not done within {(record.DeadlineAt - record.StartedAt).TotalSeconds:0} s; {hindrance.Message}"), stop);
            else if (!record.HasEnded && record.Status.ReturnBy < now)
                await EndAsync(record, job, null, new Ending(DeployPhases.Failed, "ReturnFailed", $"{record.Status.Ending?.Message}; {hindrance.Message}"), stop);
            else if (record.Status.Phase == DeployPhases.Pending)
                await SaveAsync(record, record.Status with { Phase = DeployPhases.Progressing, Reason = "ClusterUnreachable", Message = hindrance.Message }, stop);
        }
        catch (Exception e) when (e is Again or ClusterUnreachableException or KubeException)
        {
            // The records cannot be written either; the wake-up above tries again.
        }
    }

    /// <summary>Records the target as it is just before our first change, in the same write that says the operation has begun.</summary>
    private async Task<OperationRecord> RecordPreviousAsync(OperationRecord record, IDeployStrategy strategy, CancellationToken stop)
    {
        if (!clusters.TryGet(record.Request.Cluster, out var cluster))
            throw new Refused("cluster", "ClusterNotConfigured", $"cluster '{record.Request.Cluster}' is no longer configured");
        var inspection = await strategy.InspectAsync(cluster, record.Request, stop);
        return await SaveAsync(record with { Previous = inspection.Previous },
            record.Status with { Phase = DeployPhases.Progressing, Reason = "Starting", Message = "the previous state is recorded" }, stop);
    }

    private async Task<OperationRecord> SaveAsync(OperationRecord record, OperationStatus status, CancellationToken stop)
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

    private OperationContext Context(OperationRecord record) =>
        clusters.TryGet(record.Request.Cluster, out var cluster)
            ? new OperationContext(record, cluster, Rules, clock, async stop =>
            {
                var fresh = await store.ReadAsync(record.Id, stop);
                if (fresh?.ResourceVersion != record.ResourceVersion)
                    throw new Again("the record has changed");
            })
            : throw new Refused("cluster", "ClusterNotConfigured", $"cluster '{record.Request.Cluster}' is no longer configured");

    private static bool SameContainer(OperationRecord one, OperationRecord other) =>
        one.Request.Workload.Container is null || other.Request.Workload.Container is null || one.Request.Workload.Container == other.Request.Workload.Container;

    private void OnRecord(OperationRecord record)
    {
        if (!record.AtRest || record.Status.ReportedAt is null && callback.Kind != CallbackKinds.None)
        {
            Activate(record);
            Wake(record.Id);
        }
        if (record.AtRest)
            WakeNeighbours(record);
    }

    private void WakeNeighbours(OperationRecord record)
    {
        foreach (var neighbour in store.OnSameWorkload(record))
            if (!neighbour.AtRest)
                Wake(neighbour.Id);
    }

    private void OnObject(Cluster cluster, KubeObject changed, bool deleted)
    {
        store.Observe(cluster, changed, deleted);
        if (changed.Namespace is null || !_active.TryGetValue((cluster.Name, changed.Namespace), out var operations))
            return;
        foreach (var (id, workload) in operations)
            if (changed.Name.StartsWith(workload.Name, StringComparison.Ordinal))
                WakeIn(id, TimeSpan.FromMilliseconds(20));
    }

    private void Activate(OperationRecord record) =>
        _active.GetOrAdd((record.Request.Cluster, record.Request.Namespace), _ => new())[record.Id] = record.Workload;

    private void Retire(string id, Job job)
    {
        foreach (var operations in _active.Values)
            operations.TryRemove(id, out _);
        if (_jobs.TryRemove(id, out _))
            job.Dispose();
    }

    private Job JobOf(string id) => _jobs.GetOrAdd(id, i => new Job(clock, () => Wake(i)));

    private void Wake(string id)
    {
        if (JobOf(id).TryQueue())
            _queue.Writer.TryWrite(id);
    }

    private void WakeIn(string id, TimeSpan wait) => JobOf(id).WakeIn(wait);

    private void WakeAgain(OperationRecord record, TimeSpan? wanted)
    {
        var wait = wanted is { } w && w < Rules.PollInterval.Value ? w : Rules.PollInterval.Value;
        var limit = record.Status.Intent == Intents.Deploy ? record.DeadlineAt : record.Status.ReturnBy ?? DateTimeOffset.MaxValue;
        var left = limit - clock.GetUtcNow();
        WakeIn(record.Id, left < wait ? left > TimeSpan.Zero ? left : TimeSpan.Zero : wait);
    }
}
