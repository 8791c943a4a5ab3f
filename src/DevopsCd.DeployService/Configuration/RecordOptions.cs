using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>Where and how long operations are remembered.</summary>
internal sealed class RecordOptions
{
    /// <summary>The cluster that holds the records; the first one when left out.</summary>
    public string? Cluster { get; init; }

    /// <summary>The namespace that holds the records and nothing else.</summary>
    public string Namespace { get; init; } = "devopscd-operations";

    /// <summary>Ended operations kept for each workload.</summary>
    public int History { get; init; } = 20;

    /// <summary>No ended operation younger than this is forgotten, whatever the history says.</summary>
    [ConfigurationKeyName("keep_at_least")]
    public Duration KeepAtLeast { get; init; } = Duration.Seconds(7 * 24 * 3600);
}
