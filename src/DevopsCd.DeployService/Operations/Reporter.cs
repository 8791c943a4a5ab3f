using System.Collections.Concurrent;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Callbacks;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Operations;

/// <summary>
/// Tells the host how operations have ended. The replica that ends one reports it; every further try is first written into the
/// record, so however many replicas there are, one of them makes it, and what one that died has owed is not lost. Works beside the
/// engine: a host that hangs or is away keeps no deployment waiting.
/// </summary>
internal sealed class Reporter(OperationStore store, ICallback callback, DeployMetrics metrics, TimeProvider clock, ILogger<Reporter> log) : BackgroundService
{
    private const int Workers = 4;

    /// <summary>With the pauses below: a little more than an hour. After that the host finds out by its own polling only.</summary>
    private const int MostTries = 20;

    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_longestTry = TimeSpan.FromSeconds(10);

    /// <summary>When a try that nobody has heard of again counts as failed.</summary>
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(15);

    /// <summary>The pause after which a record that could not be written is tried again.</summary>
    private static readonly TimeSpan s_recordsAway = TimeSpan.FromSeconds(5);

    private readonly Schedule _schedule = new(clock);

    /// <summary>The first tries that are this process's own to make.</summary>
    private readonly ConcurrentDictionary<string, ReportTry> _first = new();

    private bool Tells => callback.Kind != CallbackKinds.None;

    /// <summary>To be written with the end of an operation, by the replica that reports it then.</summary>
    public ReportTry? FirstTry(DateTimeOffset endedAt) => Tells ? new ReportTry(1, endedAt + s_turn) : null;

    public void Report(OperationRecord ended)
    {
        if (ended.Status.Report is not { } first)
            return;
        _first[ended.Id] = first;
        _schedule.Wake(ended.Id);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (Tells)
            store.Changed += record =>
            {
                if (IsOwed(record))
                    _schedule.Wake(record.Id);
            };
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _schedule.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Tells ? _schedule.WorkAsync(Workers, TakeStepAsync, log.Broke, stoppingToken) : Task.CompletedTask;

    private async Task TakeStepAsync(string id, Job job, CancellationToken cancellationToken)
    {
        if (store.Known(id) is not { } record || !IsOwed(record))
        {
            _first.TryRemove(id, out _);
            _schedule.Retire(id);
            return;
        }
        try
        {
            if (await TurnAsync(record, cancellationToken) is { } ours)
                await TryAsync(ours, cancellationToken);
        }
        catch (Exception away) when (away is ClusterUnreachableException or KubeException or TimeoutException)
        {
            log.RecordsUnavailable(away.Message);
        }
        // Whatever has come of it is in the record by now, if it could be written; this finds out when the next look is due.
        if (store.Known(id) is { } after && IsOwed(after))
            _schedule.WakeIn(id, After(DueAt(after)));
        else
            _schedule.Wake(id);
    }

    /// <summary>The record with the try that is ours to make now; null when it is not our turn.</summary>
    private async Task<OperationRecord?> TurnAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = DueAt(record);
        if (_first.TryRemove(record.Id, out var first) && first == record.Status.Report && now + s_longestTry < due)
            return record;
        if (due > now)
            return null;
        var tries = record.Status.Report?.Tries ?? 0;
        if (tries >= MostTries)
        {
            log.CallbackGivenUp(record.Id);
            await SaveAsync(record, s => s with { ReportedAt = now, Report = null }, cancellationToken);
            return null;
        }
        var claimed = await store.SaveAsync(record with { Status = record.Status with { Report = new(tries + 1, now + s_turn) } }, cancellationToken);
        if (claimed is null)
            await store.ReadAsync(record.Id, cancellationToken);
        return claimed;
    }

    private async Task TryAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        var status = record.Status;
        using var span = OperationTrace.Continue(record, "report");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_longestTry);
        try
        {
            await callback.SendAsync(new DeploymentReported
            {
                OperationId = record.Id,
                Phase = status.Phase == DeployPhases.Succeeded ? DeploymentPhase.Succeeded : DeploymentPhase.Failed,
                Reason = status.Reason,
                Message = status.Message
            }, status.FinishedAt!.Value, limit.Token);
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.Callback("failed");
            var tries = status.Report!.Tries;
            var pause = Backoff.After(tries, TimeSpan.FromSeconds(1), s_longestPause);
            log.CallbackFailed(record.Id, pause, limit.IsCancellationRequested ? $"no answer within {s_longestTry.TotalSeconds:0} s" : failed.Message);
            await SaveAsync(record, s => s.Report == status.Report ? s with { Report = new(tries, clock.GetUtcNow() + pause) } : null, cancellationToken);
            return;
        }
        metrics.Callback("sent");
        await SaveAsync(record, s => s with { ReportedAt = clock.GetUtcNow(), Report = null }, cancellationToken);
    }

    /// <summary>Writes what has come of a try beside whatever others have written meanwhile, as long as it is still the same end and the change has a meaning.</summary>
    private async Task SaveAsync(OperationRecord record, Func<OperationStatus, OperationStatus?> change, CancellationToken cancellationToken)
    {
        for (var now = record; now is not null && IsOwed(now)
            && now.Status.FinishedAt == record.Status.FinishedAt; now = await store.ReadAsync(record.Id, cancellationToken))
            if (change(now.Status) is not { } status || await store.SaveAsync(now with { Status = status }, cancellationToken) is not null)
                return;
    }

    private static bool IsOwed(OperationRecord record) => record.HasEnded && record.Status.ReportedAt is null;

    /// <summary>A record without a try was ended by a version of this service that did not write them.</summary>
    private static DateTimeOffset DueAt(OperationRecord record) => record.Status.Report?.NextAt ?? record.Status.FinishedAt!.Value + s_turn;

    private TimeSpan After(DateTimeOffset due) => due - clock.GetUtcNow() is { Ticks: > 0 } wait ? wait : s_recordsAway;
}
