using DevopsCd.Core.Data;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DevopsCd.Host.Api;

/// <summary>The database answers.</summary>
internal sealed class DatabaseCheck(CdDbContext db) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await db.Database.CanConnectAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("the database does not answer");
}
