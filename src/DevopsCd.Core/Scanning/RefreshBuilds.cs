using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Scanning;

/// <summary>
/// Function 1, the net of R2: open releases that do not stand at their branch's newest successful build. One statement
/// finds them; only what is stale is touched, each in a transaction of its own.
/// </summary>
internal sealed class RefreshBuilds(IServiceScopeFactory scopes)
{
    private const int AtOnce = 500;
    private const int Overlap = 1000;
    private const string Watermark = "scan:builds";

    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var done = new List<string>();
        foreach (var stale in await StaleAsync(cancellationToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            var refreshed = await db.InTransactionAsync(async () =>
            {
                await db.LockApplicationsAsync([stale.Name], cancellationToken);
                return await scope.ServiceProvider.GetRequiredService<BuildIntake>().RefreshAsync(stale.AppId, stale.Branch, EventSource.Engine,
                    cancellationToken);
            }, cancellationToken);
            if (refreshed)
                done.Add(stale.Name);
        }
        return done;
    }

    private async Task<List<StaleRelease>> StaleAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        // Releases whose newest build moved without them: an index that holds nothing else.
        var left = await db.Releases
            .Where(r => r.IsOpen && !r.IsLocked && r.PinnedBy == null && r.LatestBuildId != null && (r.BuildId == null || r.BuildId != r.LatestBuildId))
            .OrderBy(r => r.BatchId).Take(AtOnce).Select(r => new StaleRelease(r.AppId, r.App.Name, r.Branch)).ToListAsync(cancellationToken);
        // Builds stored behind the engine's back, by hand or by a restore: only what is new since the last scan is looked at,
        // and a little more, for ids do not commit in order.
        var newest = await db.Builds.MaxAsync(b => (long?)b.Id, cancellationToken) ?? 0;
        var seen = await db.Set<Counter>().Where(c => c.Name == Watermark).Select(c => c.Value).SingleOrDefaultAsync(cancellationToken);
        var from = Math.Min(seen, newest) - Overlap;
        var missed = await db.Builds.Where(b => b.Id > from && b.BuildStatus == BuildStatus.Success && !b.Superseded && b.ApplicationId != null)
            .Join(db.Releases.Where(r => r.IsOpen && !r.IsLocked), b => new { App = b.ApplicationId!.Value, b.Branch }, r => new { App = r.AppId, r.Branch },
                (b, r) => new { b, r })
            .Where(p => p.r.LatestBuildId == null || (p.r.LatestBuildId != p.b.Id && p.r.LatestBuild!.OrderedAt < p.b.OrderedAt))
            .Select(p => new StaleRelease(p.r.AppId, p.r.App.Name, p.r.Branch)).Distinct().ToListAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO counters (name, value) VALUES ({Watermark}, {newest}) ON CONFLICT (name) DO UPDATE SET value = {newest}", cancellationToken);
        return [.. left.Union(missed)];
    }

    private sealed record StaleRelease(long AppId, string Name, string Branch);
}
