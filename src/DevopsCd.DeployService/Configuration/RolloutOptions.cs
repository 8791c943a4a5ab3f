using System.ComponentModel.DataAnnotations;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>How rollouts are judged.</summary>
internal sealed class RolloutOptions
{
    /// <summary>The deadline of an operation that names none.</summary>
    [ConfigurationKeyName("default_timeout"), DurationRange("1s", "720h")]
    public Duration DefaultTimeout { get; set; } = Duration.Seconds(600);

    /// <summary>The longest deadline an operation may ask for.</summary>
    [ConfigurationKeyName("max_timeout"), DurationRange("1s", "720h")]
    public Duration MaxTimeout { get; set; } = Duration.Seconds(24 * 3600);

    /// <summary>How long a pod may be unschedulable before it counts as failed; an autoscaler needs time to add a node.</summary>
    [ConfigurationKeyName("unschedulable_after")]
    public Duration UnschedulableAfter { get; set; } = Duration.Seconds(60);

    /// <summary>How long a missing ConfigMap, Secret or volume may stay missing.</summary>
    [ConfigurationKeyName("config_error_after")]
    public Duration ConfigErrorAfter { get; set; } = Duration.Seconds(10);

    /// <summary>How long a registry may be busy or out of reach before a pull counts as failed; what it refuses counts at once.</summary>
    [ConfigurationKeyName("pull_error_after")]
    public Duration PullErrorAfter { get; set; } = Duration.Seconds(120);

    /// <summary>Restarts after which a crash loop counts as failed.</summary>
    [ConfigurationKeyName("crash_restarts"), Range(1, 1000)]
    public int CrashRestarts { get; set; } = 2;

    /// <summary>The net under the watches: an unfinished operation is looked at again at least this often.</summary>
    [ConfigurationKeyName("poll_interval"), DurationRange("1s", "10m")]
    public Duration PollInterval { get; set; } = Duration.Seconds(10);

    /// <summary>How long an operation accepted by another replica is left to that replica before this one takes part.</summary>
    [ConfigurationKeyName("takeover_after"), DurationRange("0s", "10m")]
    public Duration TakeoverAfter { get; set; } = Duration.Seconds(2);

    /// <summary>Operations worked on at the same moment; waiting for the cluster takes no place.</summary>
    [Range(1, 256)]
    public int Workers { get; set; } = 16;

    /// <summary>The helm command.</summary>
    public string Helm { get; set; } = "helm";

    /// <summary>What charts may come from: <c>oci://host/path</c>, <c>https://host/path</c> or the name of a repository. Empty means nothing: a chart runs with the rights of this service.</summary>
    [ConfigurationKeyName("chart_sources")]
    public List<string> ChartSources { get; set; } = [];
}
