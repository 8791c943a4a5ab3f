using System.ComponentModel.DataAnnotations;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>Where and how long operations are remembered.</summary>
internal sealed class RecordOptions
{
    /// <summary>The cluster that holds the records; the first one when left out.</summary>
    public string? Cluster { get; set; }

    /// <summary>The namespace that holds the records and nothing else.</summary>
    [RegularExpression(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", ErrorMessage = "must be a namespace's name: a-z 0-9 -, at most 63 characters")]
    public string Namespace { get; set; } = "devopscd-operations";

    /// <summary>Ended operations kept for each workload.</summary>
    [Range(1, 1000)]
    public int History { get; set; } = 20;

    /// <summary>No ended operation younger than this is forgotten, whatever the history says.</summary>
    [ConfigurationKeyName("keep_at_least")]
    public Duration KeepAtLeast { get; set; } = Duration.Seconds(7 * 24 * 3600);
}
