using DevopsCd.Core.Observability;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DevopsCd.Host.Api;

/// <summary>What works by itself comes round. Commands are decided without it: what hangs degrades.</summary>
internal sealed class WorkCheck(WorkWatch watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(watch.Hanging() is { Count: > 0 } hanging
            ? HealthCheckResult.Degraded(string.Join("; ", hanging.Select(part => part.InWords)))
            : HealthCheckResult.Healthy());
}
