using DevopsCd.Core.Observability;
using DevopsCd.Host.Access;
using DevopsCd.Host.Broker;
using DevopsCd.Shared;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace DevopsCd.Host;

/// <summary>Metrics in Prometheus' form, and traces where somebody takes them.</summary>
internal static class ObservabilitySetup
{
    private const string Name = "devopscd";

    public static void AddObservability(this WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry()
        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say it otherwise.
        .ConfigureResource(service => service.Clear().AddTelemetrySdk().AddService(Name, serviceVersion: ProgramVersion.Text).AddEnvironmentVariableDetector())
        .WithMetrics(metrics => metrics
            .AddMeter(Metrics.MeterName, "MassTransit", "Npgsql", "Microsoft.AspNetCore.Hosting", "System.Net.Http", "System.Runtime")
            .AddPrometheusExporter())
        .AddTraces(builder.Configuration, Tracing.SourceName, ProducersTrace.SourceName, "DevopsCd.Messaging", "MassTransit", "Npgsql");

    public static void MapObservability(this WebApplication app)
    {
        Metrics.WatchBroker(() => app.Services.GetRequiredService<BrokerCheck>().Connected);
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new LoginNeeded());
    }
}
