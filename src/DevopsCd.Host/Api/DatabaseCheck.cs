using System.Data.Common;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DevopsCd.Host.Api;

/// <summary>The database answers, over the connections that commands use.</summary>
internal sealed class DatabaseCheck(CdDbContext db, TimeProvider clock, ILogger<DatabaseCheck> log) : IHealthCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await db.Database.ExecuteSqlRawAsync("SELECT 1", either.Token);
            return HealthCheckResult.Healthy();
        }
        // What the driver says names hosts and users; this answer is for everybody.
        catch (Exception failure) when (failure is DbException or TimeoutException or InvalidOperationException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            log.DatabaseAway(failure.GetBaseException().Message);
            return HealthCheckResult.Unhealthy("does not answer; commands cannot be decided");
        }
    }
}
