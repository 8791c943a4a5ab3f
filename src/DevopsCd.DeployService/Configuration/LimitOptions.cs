using System.ComponentModel.DataAnnotations;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>How much a caller may send.</summary>
internal sealed class LimitOptions
{
    /// <summary>Bytes of a request's body.</summary>
    [ConfigurationKeyName("body_bytes"), Range(1024, 100 * 1024 * 1024)]
    public int BodyBytes { get; set; } = 1024 * 1024;

    /// <summary>How long a body may take to arrive.</summary>
    [ConfigurationKeyName("body_timeout"), DurationRange("100ms", "5m")]
    public Duration BodyTimeout { get; set; } = Duration.Seconds(10);

    /// <summary>Requests a second for one key, sustained.</summary>
    [ConfigurationKeyName("requests_per_second"), Range(1, 100_000)]
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>Requests at once before the sustained rate holds.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 1000;

    /// <summary>Requests a minute from one address without a valid key.</summary>
    [ConfigurationKeyName("anonymous_per_minute"), Range(1, 1_000_000)]
    public int AnonymousPerMinute { get; set; } = 60;
}
