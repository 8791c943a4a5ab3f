using System.Diagnostics;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Scanning;

/// <summary>
/// The seed's three functions and the net under running stages. Everything here happens by itself sooner; a scan finds
/// what a lost message left behind. Two scans never overlap in the cluster.
/// </summary>
internal sealed class BatchScan(IClusterLock locks, RefreshBuilds refresh, TriggerPreDeploy trigger, PrepareProdDeploy prepare, WakeStages wake, IServiceScopeFactory scopes, ILogger<BatchScan> log)
{
    /// <summary>Runs one scan; null when another one runs somewhere.</summary>
    public async Task<ScanResult?> Run(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var held = await locks.TryTake("scan", cancellationToken);
        if (held is null)
            return null;
        var result = new ScanResult(await refresh.Run(cancellationToken), await trigger.Run(cancellationToken), await prepare.Run(cancellationToken), await wake.Run(cancellationToken));
        Metrics.Scanned(Stopwatch.GetElapsedTime(started), await Counts(cancellationToken));
        log.Scanned(result.Refreshed.Count, result.Started.Count, result.Prepared.Count, result.Woken.Count, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return result;
    }

    private async Task<IReadOnlyList<(string, long)>> Counts(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<CdDbContext>().Batches
            .GroupBy(b => b.Status).Select(g => new { Status = g.Key, Count = g.LongCount() }).ToListAsync(cancellationToken);
        return [.. rows.Select(r => (r.Status, r.Count))];
    }
}
