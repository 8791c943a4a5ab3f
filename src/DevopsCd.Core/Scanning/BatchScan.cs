using System.Diagnostics;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using DevopsCd.Core.Parking;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Scanning;

/// <summary>
/// The seed's three functions and the net under running stages. Everything here happens by itself sooner; a scan finds
/// what a lost message left behind. Two scans never overlap in the cluster.
/// </summary>
internal sealed class BatchScan(IClusterLock locks, RefreshBuilds refresh, TriggerPreDeploy trigger, PrepareProdDeploy prepare, RecoverStalledStages wake,
    ExpireApprovals expire,
    IServiceScopeFactory scopes, ILogger<BatchScan> log)
{
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
        var result = new ScanResult(await refresh.RunAsync(cancellationToken), await trigger.RunAsync(cancellationToken),
            await prepare.RunAsync(cancellationToken), await wake.RunAsync(cancellationToken), await expire.RunAsync(cancellationToken));
        var (batches, messages) = await CountsAsync(cancellationToken);
        Metrics.Scanned(Stopwatch.GetElapsedTime(started), batches, messages);
        log.Scanned(result.Refreshed.Count, result.Started.Count, result.Prepared.Count, result.Woken.Count,
            Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return result;
    }

    private async Task<(IReadOnlyList<(string, long)> Batches, IReadOnlyList<(string, long)> Messages)> CountsAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var rows = await db.Batches.GroupBy(b => b.Status).Select(g => new { Status = g.Key, Count = g.LongCount() }).ToListAsync(cancellationToken);
        var outgoing = await db.Set<OutboxState>().LongCountAsync(s => s.Parked != null, cancellationToken);
        var waiting = await db.Set<OutboxMessage>().LongCountAsync(cancellationToken) - outgoing;
        var parked = await db.Set<ParkedMessage>().LongCountAsync(m => m.Status == ParkedStatus.Parked, cancellationToken);
        return ([.. rows.Select(r => (r.Status, r.Count))], [("waiting", Math.Max(0, waiting)), ("parked_outgoing", outgoing), ("parked", parked)]);
    }
}
