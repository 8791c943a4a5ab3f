using DevopsCd.DeployService.Kubernetes;
using k8s;
using k8s.Models;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>What the Prometheus Operator scrapes pods by; of its fields those that ours has.</summary>
public sealed class PodMonitor : IKubernetesObject<V1ObjectMeta>
{
    internal static KubeResource Resource { get; } = new("monitoring.coreos.com", "v1", "podmonitors", "PodMonitor");

    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public PodMonitorSpec Spec { get; set; } = new();

    /// <summary>What it scrapes.</summary>
    public sealed class PodMonitorSpec
    {
        public V1LabelSelector Selector { get; set; } = new();

        public List<PodMetricsEndpoint> PodMetricsEndpoints { get; set; } = [];
    }

    /// <summary>How it scrapes a pod.</summary>
    public sealed class PodMetricsEndpoint
    {
        /// <summary>A port of the pod, by its name.</summary>
        public string Port { get; set; } = "";

        public string Path { get; set; } = "";

        public string Interval { get; set; } = "";

        public PodAuthorization Authorization { get; set; } = new();

        public List<Relabeling> Relabelings { get; set; } = [];
    }

    /// <summary>The token that it sends.</summary>
    public sealed class PodAuthorization
    {
        public V1SecretKeySelector Credentials { get; set; } = new();
    }

    /// <summary>A label that it adds.</summary>
    public sealed class Relabeling
    {
        public string TargetLabel { get; set; } = "";

        public string Replacement { get; set; } = "";
    }
}
