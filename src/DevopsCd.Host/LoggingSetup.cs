using DevopsCd.Core.Batches;
using Serilog;
using Serilog.Events;

namespace DevopsCd.Host;

/// <summary>Levels and enrichment of the log; which sink it goes to is Program's word.</summary>
internal static class LoggingSetup
{
    public static LoggerConfiguration Levels(this LoggerConfiguration log, IConfiguration configuration) => log
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
        // A failed command throws, and whoever catches it says what it means.
        .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database.Command", LogEventLevel.Fatal)
        .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
        .MinimumLevel.Override("Polly", LogEventLevel.Warning)
        .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
        .MinimumLevel.Override("MassTransit", LogEventLevel.Warning)
        // MassTransit reports what passes through it as a fault; a refusal is an answer, and RefusalRecord tells it.
        .Filter.ByExcluding(line => line.Exception is { } exception && RefusalFilter.IsAnswer(exception))
        .ReadFrom.Configuration(configuration)
        .Enrich.FromLogContext();
}
