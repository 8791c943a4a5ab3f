using DevopsCd.Core.Batches;
using DevopsCd.Host.Broker;
using DevopsCd.Shared;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace DevopsCd.Host;

/// <summary>Levels and enrichment of the log; which sink it goes to is Program's word.</summary>
internal static class LoggingSetup
{
    public static LoggerConfiguration Levels(this LoggerConfiguration log, IConfiguration configuration) => log
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
        // A failed command, query or connection throws, and whoever catches it says what it means.
        .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database.Command", LogEventLevel.Fatal)
        .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database.Connection", LogEventLevel.Fatal)
        .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Query", LogEventLevel.Fatal)
        // Each check tells by itself what it found; the framework repeats it at every look.
        .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
        // Its warning that keys are not encrypted at rest repeats what the README says of the database.
        .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
        .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
        .MinimumLevel.Override("Polly", LogEventLevel.Warning)
        .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
        .MinimumLevel.Override("MassTransit", LogEventLevel.Warning)
        // MassTransit reports what passes through it as a fault; a refusal is an answer, and RefusalRecorder tells it.
        .Filter.ByExcluding(line => line.Exception is { } exception && RefusalFilter.IsAnswer(exception))
        // Whatever passes through them fails while the broker is away; that it is away is said by BrokerLine.
        .Filter.ByExcluding(line => line.Exception is { } exception && IsOf(line, "MassTransit", "Quartz") && Outage.IsBroker(exception))
        .WithoutFailedStart()
        .ReadFrom.Configuration(configuration)
        .Enrich.FromLogContext();

    private static bool IsOf(LogEvent line, params ReadOnlySpan<string> sources)
    {
        if (line.Properties.GetValueOrDefault(Constants.SourceContextPropertyName) is not ScalarValue { Value: string source })
            return false;
        foreach (var each in sources)
            if (source == each || source.StartsWith($"{each}.", StringComparison.Ordinal))
                return true;
        return false;
    }
}
