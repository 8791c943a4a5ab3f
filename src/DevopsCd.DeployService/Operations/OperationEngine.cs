using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DevopsCd.Contracts.Api;
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
    Clusters clusters, OperationStore store, Schedule schedule, DeploySteps deploy, ReturnSteps goBack, FinishSteps finish, Transitions transitions,
    StrategyCatalogue strategies, IOptions<DeployServiceOptions> options, DeployMetrics metrics, TimeProvider clock, ILogger<OperationEngine> log)
        : BackgroundService
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_watchRest = TimeSpan.FromMinutes(5);

    /// <summary>The workloads of unfinished operations, by where they are: what changes there may concern them.</summary>
    private readonly ConcurrentDictionary<(string Cluster, string Namespace), ConcurrentDictionary<string, WorkloadKey>> _active = new();

    private RolloutOptions Rules => options.Value.Rollout;

    /// <summary>This process has recorded the operation itself and starts at once.</summary>
    public void Begin(OperationRecord record)
    {
        Activate(record);
        var job = schedule.JobOf(record.Id);
        job.Mine = true;
        // What was seen before somebody asked for something else is no longer how it stands.
        job.Seen = null;
        schedule.Wake(record.Id);
    }

    /// <summary>The operation as this process sees it now.</summary>
    public DeployOperationView View(OperationRecord record)
    {
        var view = record.ToView() with
        {
            Previous = record.Previous is { } previous ? strategies[record.StrategyType].Before(previous, record.Request) : null
        };
        if (schedule.Find(record.Id)?.Seen is not { } seen)
            return view;
        if (record.HasEnded)
        {
            var what = seen.Reason == Hands.ChangedByOthers ? "" : "what is left to do for it fails: ";
            return record.AtRest || seen.Outcome != Outcome.Failed ? view : view with { Message = $"{view.Message}; {what}{seen.Reason}: {seen.Message}" };
        }
        return view with
        {
            // What stands in the way of the first step is said before it can be written down.
            Phase = view.Phase == DeployPhases.Pending && seen.Reason != DeploySteps.WaitsForPrevious ? DeployPhases.Progressing : view.Phase,
            Reason = seen.Reason ?? view.Reason,
            Message = seen.Message ?? view.Message,
            Replicas = seen.Replicas ?? view.Replicas
        };
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.ObservePhases(
            () => store.All().GroupBy(r => r.Status.Phase).Select(g => new Measurement<long>(g.Count(), new KeyValuePair<string, object?>("phase", g.Key))));
        // Before anybody can start a watch: what it lists is told only once.
        store.Changed += OnRecord;
        foreach (var cluster in clusters.All)
            cluster.Changed += OnObject;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var working = schedule.WorkAsync(Rules.Workers, TakeStepAsync, log.Broke, stoppingToken);
        try
        {
            await KeepHouseAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The process ends; whatever is unfinished is found again from the records.
        }
        await working;
    }

    private async Task KeepHouseAsync(CancellationToken cancellationToken)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(15), clock);
        do
        {
            if (await store.TroubleAsync(cancellationToken) is { } trouble)
                log.RecordsUnavailable(trouble.Message);
            foreach (var cluster in clusters.All)
                await cluster.RestAsync(s_watchRest);
        }
        while (await tick.WaitForNextTickAsync(cancellationToken));
    }

    private async Task TakeStepAsync(string id, Job job, CancellationToken cancellationToken)
    {
        if (store.Known(id) is not { } record)
        {
            Retire(id);
            return;
        }
        if (!job.Mine && (record.Status.Phase == DeployPhases.Pending || record.StartsAtOnce) && record.StartedAt + Rules.TakeoverAfter.Value is var mine
            && mine > clock.GetUtcNow())
        {
            schedule.WakeIn(id, mine - clock.GetUtcNow());
            return;
        }
        try
        {
            if (!record.IsLost)
                await TakeStepAsync(record, job, cancellationToken);
            else if (await store.ReadAsync(id, cancellationToken) is null)
                throw new ConcurrentChangeException("another replica has rewritten this record");
        }
        catch (ConcurrentChangeException)
        {
            schedule.WakeIn(id, s_soon);
        }
        catch (Exception hindrance) when (hindrance is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            await transitions.HinderedAsync(record, job, hindrance, cancellationToken);
        }
    }

    private async Task TakeStepAsync(OperationRecord record, Job job, CancellationToken cancellationToken)
    {
        using var span = OperationTrace.Continue(record, "take step");
        try
        {
            if (record.HasEnded)
            {
                if (await finish.TakeAsync(record, job, cancellationToken))
                    Retire(record.Id);
            }
            else if (record.Status.Intent == OperationIntent.Deploy)
            {
                await deploy.TakeAsync(record, job, cancellationToken);
            }
            else
            {
                await goBack.TakeAsync(record, job, cancellationToken);
            }
            job.Went();
        }
        catch (TargetRejectedException refused)
        {
            await transitions.FailAsync(record, job, Progress.Failed(refused.Reason, refused.Message), cancellationToken);
        }
        catch (KubeException no) when (no.Definite)
        {
            await transitions.FailAsync(record, job, Progress.Failed(no.Reason, no.Message), cancellationToken);
        }
    }

    private void OnRecord(OperationRecord record)
    {
        if (record.AtRest)
        {
            transitions.WakeNeighbours(record);
            return;
        }
        Activate(record);
        schedule.Wake(record.Id);
    }

    private void OnObject(Cluster cluster, KubeObject changed, bool deleted)
    {
        store.Observe(cluster, changed, deleted);
        if (changed.Namespace is null || !_active.TryGetValue((cluster.Name, changed.Namespace), out var operations))
            return;
        foreach (var (id, workload) in operations)
            if (changed.Name.StartsWith(workload.Name, StringComparison.Ordinal))
                schedule.WakeIn(id, TimeSpan.FromMilliseconds(20));
    }

    private void Activate(OperationRecord record) =>
        _active.GetOrAdd((record.Request.Cluster, record.Request.Namespace), _ => new())[record.Id] = record.Workload;

    private void Retire(string id)
    {
        foreach (var operations in _active.Values)
            operations.TryRemove(id, out _);
        schedule.Retire(id);
    }
}
