using DevopsCd.Core.Observability;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DevopsCd.Host.Api;

/// <summary>
/// Only a restart helps: a part hangs that should have come to an end three times over. Servers that are away are no reason, since whoever waits
/// for them gives up in time; a restart would not bring them back.
/// </summary>
internal sealed class LivenessCheck(WorkWatch watch) : IHealthCheck
{
    /// <summary>The checks that decide about a restart.</summary>
    public const string Tag = "live";

    private const int Times = 3;

    public static HealthCheckOptions Options => new() { Predicate = check => check.Tags.Contains(Tag), ResponseWriter = Readiness.WriteAsync };

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(watch.Hanging(Times) is { Count: > 0 } hanging
            ? HealthCheckResult.Unhealthy($"to be restarted: {string.Join("; ", hanging.Select(part => part.InWords))}")
            : HealthCheckResult.Healthy());
}
