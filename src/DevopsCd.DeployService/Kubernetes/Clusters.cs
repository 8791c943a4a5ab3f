using System.Diagnostics.CodeAnalysis;
using DevopsCd.DeployService.Configuration;
using k8s;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Kubernetes;

/// <summary>The clusters of the configuration by name.</summary>
internal sealed class Clusters : IAsyncDisposable
{
    private readonly Dictionary<string, Cluster> _byName = new(StringComparer.Ordinal);

    public Clusters(IOptions<DeployServiceOptions> options, DeployMetrics metrics, ClusterClock clock, ILogger<Clusters> log)
    {
        foreach (var (name, settings) in options.Value.Clusters)
            _byName[name] = new Cluster(name, settings, new KubeApi(name, settings, Connect(settings), metrics, clock), clock, log);
        Home = _byName[options.Value.Records.Cluster ?? options.Value.Clusters.Keys.First()];
        Home.Api.TimeTold += clock.Hear;
    }

    /// <summary>Where the records of the operations are.</summary>
    public Cluster Home { get; }

    public IReadOnlyCollection<string> Names => _byName.Keys;

    public IEnumerable<Cluster> All => _byName.Values;

    public bool TryGet(string name, [NotNullWhen(true)] out Cluster? cluster) => _byName.TryGetValue(name, out cluster);

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _byName.Values)
            await cluster.DisposeAsync();
    }

    public static KubernetesClientConfiguration Connect(ClusterOptions settings) => settings.InCluster
        ? KubernetesClientConfiguration.InClusterConfig()
        : KubernetesClientConfiguration.BuildConfigFromConfigFile(settings.Kubeconfig, settings.Context);
}
