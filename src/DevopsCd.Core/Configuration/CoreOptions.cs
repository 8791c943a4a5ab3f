using System.ComponentModel.DataAnnotations;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>Section <c>core</c>.</summary>
internal sealed class CoreOptions
{
    public const string Section = "core";

    private const string TraceIdMark = "{trace_id}";

    /// <summary>How often the net of the three functions runs; reactions do not wait for it.</summary>
    [ConfigurationKeyName("scan_interval"), DurationRange("1s", "1h")]
    public Duration ScanInterval { get; init; } = Duration.Seconds(30);

    /// <summary>How messages travel.</summary>
    [AllowedValues("in-memory", "rabbitmq")]
    public string Transport { get; init; } = "in-memory";

    /// <summary>Where people look at a trace, with <see cref="TraceIdMark" /> in the place of its id; null where they look nowhere.</summary>
    [ConfigurationKeyName("trace_url")]
    public string? TraceUrl { get; init; }

    /// <summary>The address of a trace; null where there is none to show, or nowhere to look.</summary>
    public string? AddressOf(string? traceId) => traceId is null ? null : TraceUrl?.Replace(TraceIdMark, traceId, StringComparison.Ordinal);

    /// <summary>An address that leads to no trace.</summary>
    public IEnumerable<(string Key, string Allowed)> Problems()
    {
        var leads = TraceUrl?.Contains(TraceIdMark, StringComparison.Ordinal) is true
            && Uri.TryCreate(AddressOf("0"), UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        if (TraceUrl is not null && !leads)
            yield return ($"{Section}:trace_url", $"must be an address such as https://jaeger.example.com/trace/{TraceIdMark}");
    }
}
