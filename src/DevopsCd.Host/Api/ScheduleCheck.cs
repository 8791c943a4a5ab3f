using DevopsCd.Core.Configuration;
using DevopsCd.Core.Scanning;
using DevopsCd.Host.Starting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DevopsCd.Host.Api;

/// <summary>
/// The schedule runs and consumers consume: the scan comes, on whichever host. Without it commands are still decided; stages that wait for a
/// timer stand still.
/// </summary>
internal sealed class ScheduleCheck(CompletedScans scans, CoreOptions core, StartState start, TimeProvider clock) : IHealthCheck
{
    private const int IntervalsAtMost = 3;

    /// <summary>A broker that comes back and a scan that takes its time are no standstill.</summary>
    private static readonly TimeSpan s_leastPatience = TimeSpan.FromMinutes(2);

    private readonly DateTimeOffset _since = clock.GetUtcNow();

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!start.IsOver)
            return HealthCheckResult.Healthy();
        DateTimeOffset? last;
        try
        {
            last = await scans.LastAsync(cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The check of the database says what is wrong with it.
            return HealthCheckResult.Healthy();
        }
        var patience = core.ScanInterval.Value * IntervalsAtMost;
        if (patience < s_leastPatience)
            patience = s_leastPatience;
        var since = last > _since ? last.Value : _since;
        var quiet = clock.GetUtcNow() - since;
        return quiet <= patience
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(
                $"no scan has been completed for {quiet.TotalMinutes:0} min, on any host; is the broker's queue 'scan-batches' consumed?");
    }
}
