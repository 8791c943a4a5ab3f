using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>What tests do to a cluster beside the service.</summary>
internal static class KubeTestExtensions
{
    /// <summary>Keeps a DaemonSet off the puppets' node.</summary>
    public static readonly object HollowNodes = new Dictionary<string, string> { ["kubernetes.io/os"] = "linux" };

    public static Task<KubeObject> DeploymentAsync(this TestCluster cluster, string ns, string name) =>
        cluster.Api.GetAsync(KubeResource.Deployments, ns, name, default);

    public static string? Image(this KubeObject workload) => workload.Root.Items("spec", "template", "spec", "containers")[0].Text("image");

    /// <summary>A Deployment that has finished its first rollout.</summary>
    public static async Task<KubeObject> GivenDeploymentAsync(
        this TestCluster cluster, string ns, string name, string image = "registry.example/app:1", int replicas = 1, bool puppets = true)
    {
        await cluster.Api.CreateAsync(KubeResource.Deployments, ns, new
        {
            apiVersion = "apps/v1",
            kind = "Deployment",
            metadata = new { name, labels = new { app = name } },
            spec = new
            {
                replicas,
                selector = new { matchLabels = new { app = name } },
                template = new { metadata = new { labels = new { app = name } }, spec = PodSpec(image, puppets) }
            }
        }, dryRun: false, default);
        return await Eventually.Sees(() => cluster.DeploymentAsync(ns, name),
            d => d.Root.Number("status", "availableReplicas") == replicas && d.Root.Number("status", "updatedReplicas") == replicas, $"{name} is up",
                TimeSpan.FromMinutes(3));
    }

    /// <summary>A person's <c>kubectl rollout undo</c>, once the rollout has a revision to undo: before its ReplicaSet stands (after the old pods are gone, with Recreate) kubectl refuses.</summary>
    public static async Task UndoRolloutAsync(this TestCluster cluster, string ns, string name)
    {
        await Eventually.Sees(() => cluster.DeploymentAsync(ns, name),
            d => d.Root.Text("metadata", "annotations", "deployment.kubernetes.io/revision") is { } revision && revision != "1",
                $"{name} has a second revision");
        await cluster.KubectlAsync("-n", ns, "rollout", "undo", $"deployment/{name}");
    }

    public static object PodSpec(string image, bool puppets = false, object? nodeSelector = null) => new
    {
        nodeName = puppets ? PuppetKubelet.Node : null,
        nodeSelector,
        terminationGracePeriodSeconds = 0,
        tolerations = puppets ? new[] { new { @operator = "Exists" } } : null,
        containers = new[] { new { name = "app", image, env = new[] { new { name = "GREETING", value = "hello" } } } }
    };
}
