using System.ComponentModel.DataAnnotations;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>Section <c>core:deploy</c>.</summary>
internal sealed class DeployOptions
{
    public const string Section = "core:deploy";

    /// <summary>Operations of one batch in flight at once, over all instances.</summary>
    [ConfigurationKeyName("concurrent_apps"), Range(1, 64)]
    public int ConcurrentApps { get; init; } = 5;

    /// <summary>Bounds one application over all its tries.</summary>
    [ConfigurationKeyName("single_app_timeout"), DurationRange("1s", "24h")]
    public Duration SingleAppTimeout { get; init; } = Duration.Minutes(10);

    /// <summary>Bounds a stage from its start.</summary>
    [ConfigurationKeyName("batch_timeout"), DurationRange("1s", "168h")]
    public Duration BatchTimeout { get; init; } = Duration.Minutes(60);

    /// <summary>Tries after the first one, for transient failures only.</summary>
    [ConfigurationKeyName("retry_count"), Range(0, 10)]
    public int RetryCount { get; init; } = 3;

    /// <summary>Waits of 1, 2, 4 s (exponential) or 1, 2, 3 s (linear).</summary>
    [ConfigurationKeyName("retry_backoff"), AllowedValues("exponential", "linear")]
    public string RetryBackoff { get; init; } = "exponential";

    /// <summary>How often an accepted operation is asked for its state.</summary>
    [ConfigurationKeyName("poll_interval"), DurationRange("100ms", "10m")]
    public Duration PollInterval { get; init; } = Duration.Seconds(5);

    /// <summary>How often the deploy service is asked what runs in a place, with the driver <c>http</c>.</summary>
    [ConfigurationKeyName("drift_interval"), DurationRange("1m", "24h")]
    public Duration DriftInterval { get; init; } = Duration.Minutes(5);

    /// <summary>What deploys.</summary>
    [AllowedValues("simulated", "http", "external")]
    public string Driver { get; init; } = "simulated";

    /// <summary>How long a simulated deployment takes where its target does not say.</summary>
    [ConfigurationKeyName("simulated_duration"), DurationRange("0s", "1h")]
    public Duration SimulatedDuration { get; init; } = Duration.Seconds(2);

    /// <summary>Stages are carried out by somebody else, who reports their end.</summary>
    public bool External => Driver == "external";

    /// <summary>The wait before try <paramref name="tries" /> + 1.</summary>
    public TimeSpan Backoff(int tries) =>
        RetryBackoff == "linear" ? TimeSpan.FromSeconds(tries) : Shared.Backoff.After(tries, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
}
