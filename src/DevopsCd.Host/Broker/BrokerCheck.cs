using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DevopsCd.Host.Broker;

/// <summary>
/// The bus. It fails until it has worked once, so that a wrong address or password stops a rollout while the old hosts still serve. From
/// then on an absent broker only degrades: commands are decided in the database and what they cause waits in the outbox; unready hosts
/// would leave people with nobody to ask, and all of them at once.
/// </summary>
internal sealed class BrokerCheck(IBusControl bus, BrokerWatch watch, BrokerLine line) : IHealthCheck
{
    private volatile bool _hasWorked;

    public bool Connected => bus.CheckHealth().Status == BusHealthStatus.Healthy && watch is { IsFollowing: true, Trouble: null };

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (Connected)
        {
            _hasWorked = true;
            return HealthCheckResult.Healthy();
        }
        return _hasWorked
            ? HealthCheckResult.Degraded(
                $"{watch.Trouble ?? line.Trouble ?? Missing(bus.CheckHealth())}; commands over HTTP are taken, and what they cause leaves when it is back")
            : HealthCheckResult.Unhealthy(watch.Trouble ?? line.Trouble ?? "not connected since the start; look at core:rabbitmq and at the log");
    }

    /// <summary>What the bus lacks: all of it, or queues that it has not come back to.</summary>
    internal static string Missing(BusHealthResult health)
    {
        string[] queues = [.. health.Endpoints.Where(endpoint => endpoint.Value.Status != BusHealthStatus.Healthy)
            .Select(endpoint => endpoint.Key[(endpoint.Key.LastIndexOf('/') + 1)..]).Order(StringComparer.Ordinal)];
        return queues.Length == 0 || queues.Length == health.Endpoints.Count ? "the connection is lost" : $"not consumed: {string.Join(", ", queues)}";
    }
}
