using Serilog;
using Serilog.Events;

namespace DevopsCd.Shared;

/// <summary>A failed start is told once, by Program: not by the framework with a stack trace before.</summary>
internal static class StartLog
{
    public static LoggerConfiguration WithoutFailedStart(this LoggerConfiguration log) => log.Filter.ByExcluding(IsFailedStart);

    private static bool IsFailedStart(LogEvent line) =>
        Text(line, "SourceContext") is { } source
        && ((line.Exception is not null && source is "Microsoft.Extensions.Hosting.Internal.Host" && EventName(line) == "HostedServiceStartupFaulted")
            || (line.Level == LogEventLevel.Fatal && source.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal))
            // The bus is stopped although it never ran.
            || (source.StartsWith("MassTransit", StringComparison.Ordinal)
                && line.MessageTemplate.Text.StartsWith("Failed to stop bus", StringComparison.Ordinal)));

    private static string? Text(LogEvent line, string property) =>
        line.Properties.TryGetValue(property, out var value) && value is ScalarValue { Value: string text } ? text : null;

    private static string? EventName(LogEvent line) =>
        line.Properties.TryGetValue("EventId", out var id) && id is StructureValue structure
            ? structure.Properties.FirstOrDefault(property => property.Name == "Name")?.Value is ScalarValue { Value: string name } ? name : null
            : null;
}
