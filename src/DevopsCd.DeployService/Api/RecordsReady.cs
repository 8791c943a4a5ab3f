using DevopsCd.DeployService.Operations;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DevopsCd.DeployService.Api;

/// <summary>Ready means: the records are known and watched, and new ones can be written. A target cluster that is away makes its operations wait, not the service.</summary>
internal sealed class RecordsReady(OperationStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await store.TroubleAsync(cancellationToken) is { } trouble ? HealthCheckResult.Unhealthy(trouble.Message) : HealthCheckResult.Healthy();
}
