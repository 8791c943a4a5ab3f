using System.Diagnostics;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Scanning;

/// <summary>
/// The seed's three functions and the net under running stages. Everything here happens by itself sooner; a scan finds
/// what a lost message left behind. Two scans never overlap in the cluster.
/// </summary>
internal sealed class BatchScan(
    IClusterLock locks, RefreshBuilds refresh, AskGates gates, TriggerPreDeploy trigger, PrepareProdDeploy prepare, RecoverStalledStages wake,
    ExpireApprovals expire, TellLateOperations late, CompletedScans completed, WorkWatch watch, TimeProvider clock,
    ILogger<BatchScan> log)
{
    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(10);

    /// <summary>Runs one scan; null when another one runs somewhere, or may run because this one has lost the lock.</summary>
    public async Task<ScanResult?> RunAsync(CancellationToken cancellationToken)
    {
        await using var held = await locks.TryTakeAsync("scan", cancellationToken);
        if (held is null)
            return null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        try
        {
            return await RunLockedAsync(either.Token);
        }
        catch (Exception e) when (held.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            log.LockLost(e.GetBaseException().Message);
            return null;
        }
    }

    private async Task<ScanResult> RunLockedAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var turn = watch.Begin("the scan", s_atMost);
        try
        {
            var refreshed = await refresh.RunAsync(cancellationToken);
            await gates.RunAsync(cancellationToken);
            var result = new ScanResult(refreshed, await trigger.RunAsync(cancellationToken), await prepare.RunAsync(cancellationToken),
                await wake.RunAsync(cancellationToken), await expire.RunAsync(cancellationToken));
            await late.RunAsync(cancellationToken);
            await completed.RecordAsync(clock.GetUtcNow(), cancellationToken);
            Metrics.Scanned(Stopwatch.GetElapsedTime(started), clock.GetUtcNow());
            log.Scanned(result.Refreshed.Count, result.Started.Count, result.Prepared.Count, result.Woken.Count,
                Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return result;
        }
        catch
        {
            Metrics.Scanned(Stopwatch.GetElapsedTime(started), endedAt: null);
            throw;
        }
    }
}
