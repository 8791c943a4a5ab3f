using OpenTelemetry;
using OpenTelemetry.Trace;

namespace DevopsCd.Shared;

/// <summary>Traces by OTLP, where the environment says to whom; else nobody listens, and they cost nothing.</summary>
internal static class TraceExport
{
    private static readonly string[] s_addresses = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    /// <summary>Asked again and again by machines; what they find is told by metrics.</summary>
    private static readonly string[] s_untraced = ["/health", "/metrics", "/_blazor", "/_framework", "/_content"];

    /// <param name="telemetry">What is exported.</param>
    /// <param name="configuration">The environment's variables of OpenTelemetry: address, protocol, headers, sampler.</param>
    /// <param name="sources">Whose spans.</param>
    public static OpenTelemetryBuilder AddTraces(this OpenTelemetryBuilder telemetry, IConfiguration configuration, params string[] sources)
    {
        if (!Array.Exists(s_addresses, name => !string.IsNullOrWhiteSpace(configuration[name])))
            return telemetry;
        return telemetry.WithTracing(traces =>
        {
            traces.AddSource(sources)
                .AddAspNetCoreInstrumentation(requests => requests.Filter =
                    http => !Array.Exists(s_untraced, path => http.Request.Path.StartsWithSegments(path, StringComparison.Ordinal)))
                .AddHttpClientInstrumentation()
                .AddOtlpExporter();
            // A producer that does not sample its own traces has not decided about ours.
            if (string.IsNullOrWhiteSpace(configuration["OTEL_TRACES_SAMPLER"]))
                traces.SetSampler(new AlwaysOnSampler());
        });
    }
}
