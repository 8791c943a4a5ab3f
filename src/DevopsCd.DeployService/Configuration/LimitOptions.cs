using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>How much a caller may send.</summary>
internal sealed class LimitOptions
{
    /// <summary>Bytes of a request's body.</summary>
    [ConfigurationKeyName("body_bytes")]
    public int BodyBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a body may take to arrive.</summary>
    [ConfigurationKeyName("body_timeout")]
    public Duration BodyTimeout { get; init; } = Duration.Seconds(10);

    /// <summary>Requests a second for one key, sustained.</summary>
    [ConfigurationKeyName("requests_per_second")]
    public int RequestsPerSecond { get; init; } = 200;

    /// <summary>Requests at once before the sustained rate holds.</summary>
    public int Burst { get; init; } = 1000;

    /// <summary>Requests a minute from one address without a valid key.</summary>
    [ConfigurationKeyName("anonymous_per_minute")]
    public int AnonymousPerMinute { get; init; } = 60;
}
