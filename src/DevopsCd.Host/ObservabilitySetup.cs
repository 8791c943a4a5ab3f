using DevopsCd.Core.Observability;
using DevopsCd.Host.Access;
using DevopsCd.Host.Broker;
using OpenTelemetry.Metrics;

namespace DevopsCd.Host;

/// <summary>Metrics in Prometheus' form.</summary>
internal static class ObservabilitySetup
{
    public static void AddObservability(this WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry()
        .WithMetrics(metrics => metrics
            .AddMeter(Metrics.MeterName, "MassTransit", "Npgsql", "Microsoft.AspNetCore.Hosting", "System.Net.Http")
            .AddPrometheusExporter());

    public static void MapObservability(this WebApplication app)
    {
        Metrics.WatchBroker(() => app.Services.GetRequiredService<BrokerCheck>().Connected);
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new LoginNeeded());
    }
}
