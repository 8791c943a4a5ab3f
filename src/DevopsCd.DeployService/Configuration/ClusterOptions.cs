using System.ComponentModel.DataAnnotations;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>One cluster: how it is reached and what of it may be touched.</summary>
internal sealed class ClusterOptions
{
    /// <summary>A kubeconfig file; empty together with <see cref="InCluster"/>.</summary>
    public string? Kubeconfig { get; set; }

    /// <summary>The context of the kubeconfig; its current one when left out.</summary>
    public string? Context { get; set; }

    /// <summary>Uses the service account of the pod this service runs in.</summary>
    [ConfigurationKeyName("in_cluster")]
    public bool InCluster { get; set; }

    /// <summary>The namespaces operations may name; <c>*</c> for all (needs the right to list namespaces).</summary>
    public List<string> Namespaces { get; set; } = [];

    /// <summary>Calls to the API server under way at once, watches not counted.</summary>
    [ConfigurationKeyName("parallel_calls"), Range(1, 1000)]
    public int ParallelCalls { get; set; } = 16;

    /// <summary>The time one call may take with all its retries.</summary>
    [ConfigurationKeyName("call_timeout"), DurationRange("1s", "5m")]
    public Duration CallTimeout { get; set; } = Duration.Seconds(15);

    /// <summary>The Prometheus that canary analysis asks.</summary>
    public Uri? Prometheus { get; set; }
}
