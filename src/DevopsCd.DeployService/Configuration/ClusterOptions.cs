using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>One cluster: how it is reached and what of it may be touched.</summary>
internal sealed class ClusterOptions
{
    /// <summary>A kubeconfig file; empty together with <see cref="InCluster"/>.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The context of the kubeconfig; its current one when left out.</summary>
    public string? Context { get; init; }

    /// <summary>Uses the service account of the pod this service runs in.</summary>
    [ConfigurationKeyName("in_cluster")]
    public bool InCluster { get; init; }

    /// <summary>The namespaces operations may name; <c>*</c> for all (needs the right to list namespaces).</summary>
    public List<string> Namespaces { get; init; } = [];

    /// <summary>Calls to the API server under way at once, watches not counted.</summary>
    [ConfigurationKeyName("parallel_calls")]
    public int ParallelCalls { get; init; } = 16;

    /// <summary>The time one call may take with all its retries.</summary>
    [ConfigurationKeyName("call_timeout")]
    public Duration CallTimeout { get; init; } = Duration.Seconds(15);

    /// <summary>The Prometheus that canary analysis asks.</summary>
    public Uri? Prometheus { get; init; }
}
