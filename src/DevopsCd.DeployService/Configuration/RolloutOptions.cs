using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>How rollouts are judged.</summary>
internal sealed class RolloutOptions
{
    /// <summary>The deadline of an operation that names none.</summary>
    [ConfigurationKeyName("default_timeout")]
    public Duration DefaultTimeout { get; init; } = Duration.Seconds(600);

    /// <summary>The longest deadline an operation may ask for.</summary>
    [ConfigurationKeyName("max_timeout")]
    public Duration MaxTimeout { get; init; } = Duration.Seconds(24 * 3600);

    /// <summary>How long a pod may be unschedulable before it counts as failed; an autoscaler needs time to add a node.</summary>
    [ConfigurationKeyName("unschedulable_after")]
    public Duration UnschedulableAfter { get; init; } = Duration.Seconds(60);

    /// <summary>How long a missing ConfigMap, Secret or volume may stay missing.</summary>
    [ConfigurationKeyName("config_error_after")]
    public Duration ConfigErrorAfter { get; init; } = Duration.Seconds(10);

    /// <summary>How long a registry may be busy or out of reach before a pull counts as failed; what it refuses counts at once.</summary>
    [ConfigurationKeyName("pull_error_after")]
    public Duration PullErrorAfter { get; init; } = Duration.Seconds(120);

    /// <summary>Restarts after which a crash loop counts as failed.</summary>
    [ConfigurationKeyName("crash_restarts")]
    public int CrashRestarts { get; init; } = 2;

    /// <summary>The net under the watches: an unfinished operation is looked at again at least this often.</summary>
    [ConfigurationKeyName("poll_interval")]
    public Duration PollInterval { get; init; } = Duration.Seconds(10);

    /// <summary>How long an operation accepted by another replica is left to that replica before this one takes part.</summary>
    [ConfigurationKeyName("takeover_after")]
    public Duration TakeoverAfter { get; init; } = Duration.Seconds(2);

    /// <summary>Operations worked on at the same moment; waiting for the cluster takes no place.</summary>
    public int Workers { get; init; } = 16;

    /// <summary>The helm command.</summary>
    public string Helm { get; init; } = "helm";

    /// <summary>What charts may come from: <c>oci://host/path</c>, <c>https://host/path</c> or the name of a repository. Empty means nothing: a chart runs with the rights of this service.</summary>
    [ConfigurationKeyName("chart_sources")]
    public List<string> ChartSources { get; init; } = [];
}
