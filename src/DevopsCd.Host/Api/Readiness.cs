using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DevopsCd.Host.Api;

/// <summary>
/// Ready is who can take commands: 200 also when something is missing that they can do without. The body names what is not as it should be.
/// </summary>
internal static class Readiness
{
    /// <summary>Not "ready", which MassTransit's own check carries: it takes an absent broker for the end. BrokerCheck stands in for it.</summary>
    public const string Tag = "commands";

    /// <summary>Longer than any check takes to give up, so that the answer names what did not answer.</summary>
    public static RequestTimeoutMetadata Patience { get; } = new(TimeSpan.FromSeconds(10));

    public static HealthCheckOptions Options => new() { Predicate = check => check.Tags.Contains(Tag), ResponseWriter = WriteAsync };

    public static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new
    {
        status = report.Status switch { HealthStatus.Healthy => "ready", HealthStatus.Degraded => "degraded", _ => "unready" },
        checks = report.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => new { name = entry.Key, status = Word(entry.Value.Status), detail = entry.Value.Description })
    }, http.RequestAborted);

    private static string Word(HealthStatus status) => status switch { HealthStatus.Healthy => "ok", HealthStatus.Degraded => "degraded", _ => "failed" };
}
