using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Asks the deploy service what runs in the places that this engine has deployed to, and marks where that is something else (R25). Before that it
/// catches up with what a host of an earlier version has deployed. One instance at a time, so many places in one minute, those first that were asked
/// about longest ago; nothing where something is being deployed.
/// </summary>
internal sealed class DriftWatch(
    IServiceScopeFactory scopes, IClusterLock locks, DeployOptions deploy, WorkWatch watch, TimeProvider clock, ILogger<DriftWatch> log)
    : PeriodicWork(TimeSpan.FromMinutes(1), beginsAtOnce: false, clock)
{
    /// <summary>So many places in one look.</summary>
    public const int AtOnce = 200;

    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(10);

    private long _from;

    /// <summary>Looks once.</summary>
    /// <returns>How many places the deploy service has told something of.</returns>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        using var turn = watch.Begin("the look for drift", s_atMost);
        await using var held = await locks.TryTakeAsync("drift", cancellationToken);
        if (held is null)
            return 0;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        await using var scope = scopes.CreateAsyncScope();
        (var caughtUp, _from) = await scope.ServiceProvider.GetRequiredService<LiveVersions>().CatchUpAsync(_from, either.Token);
        if (caughtUp > 0)
            log.CaughtUp(caughtUp);
        var (db, service) = (scope.ServiceProvider.GetRequiredService<CdDbContext>(), scope.ServiceProvider.GetRequiredService<IDeployService>());
        var now = Clock.GetUtcNow();
        var due = now - deploy.DriftInterval.Value;
        var versions = await db.Set<LiveVersion>().AsNoTracking()
            .Where(v => (v.AskedAt == null || v.AskedAt <= due) && v.Target != null && v.Application.RemovedAt == null
                && !db.Deployments.Any(d => d.NextActionAt != null && d.Application == v.Application.Name))
            .OrderBy(v => v.AskedAt != null).ThenBy(v => v.AskedAt).ThenBy(v => v.Id).Take(AtOnce)
            .Select(v => new { Version = v, v.Application.Name }).ToListAsync(either.Token);
        if (versions.Count == 0)
            return 0;
        var found = await service.InspectAsync([.. versions.Select(v => Operation(v.Version, v.Name, now))], either.Token);
        var asked = versions.Select(v => v.Version.Id).ToList();
        await db.Set<LiveVersion>().Where(v => asked.Contains(v.Id)).ExecuteUpdateAsync(set => set.SetProperty(v => v.AskedAt, now), either.Token);
        var told = versions.Zip(found, (v, place) => (v.Version, v.Name, Place: place)).Where(v => v.Place is not null).ToList();
        foreach (var same in told.Where(v => v.Place!.Instead == v.Version.Drift).Select(v => v.Version.Id).Chunk(AtOnce))
            await db.Set<LiveVersion>().Where(v => same.Contains(v.Id)).ExecuteUpdateAsync(set => set.SetProperty(v => v.SeenAt, now), either.Token);
        foreach (var (version, name, place) in told.Where(v => v.Place!.Instead != v.Version.Drift))
        {
            var instead = place!.Instead;
            DateTimeOffset? since = instead is null ? null : version.DriftSince ?? now;
            // What was deployed there since then was not seen.
            var changed = await db.Set<LiveVersion>().Where(v => v.Id == version.Id && v.OperationId == version.OperationId).ExecuteUpdateAsync(
                set => set.SetProperty(v => v.SeenAt, now).SetProperty(v => v.Drift, instead).SetProperty(v => v.DriftSince, since), either.Token);
            if (changed > 0 && instead is not null)
                log.Drifted(name, version.Cluster, instead, version.Image);
        }
        return told.Count;
    }

    protected override Task TurnAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    protected override void TellFailed(Exception failure) => log.NotLooked(failure.GetBaseException().Message);

    /// <summary>The operation that would bring what should be there; it is stored nowhere and never sent to be done.</summary>
    private static Deployment Operation(LiveVersion version, string application, DateTimeOffset now) => new()
    {
        OperationId = version.OperationId,
        BatchId = version.BatchId,
        Application = application,
        Stage = version.Stage,
        Cluster = version.Cluster,
        Image = version.Image,
        Target = version.Target!,
        StartedAt = now,
        DeadlineAt = now.AddMinutes(10)
    };
}
