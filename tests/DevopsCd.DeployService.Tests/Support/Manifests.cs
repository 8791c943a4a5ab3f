using DevopsCd.Testing;
using k8s;
using k8s.Models;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>What <c>kubectl kustomize</c> makes of a folder of <c>infra/kubernetes</c>, read by the types of Kubernetes.</summary>
/// <param name="Yaml">As it is applied.</param>
/// <param name="Objects">A field that their type does not have is an error.</param>
internal sealed record Manifests(string Yaml, IReadOnlyList<object> Objects)
{
    private static readonly Dictionary<string, Type> s_types = new(StringComparer.Ordinal)
    {
        ["v1/ConfigMap"] = typeof(V1ConfigMap),
        ["v1/Namespace"] = typeof(V1Namespace),
        ["v1/PersistentVolumeClaim"] = typeof(V1PersistentVolumeClaim),
        ["v1/Secret"] = typeof(V1Secret),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["monitoring.coreos.com/v1/PodMonitor"] = typeof(PodMonitor),
        ["networking.k8s.io/v1/Ingress"] = typeof(V1Ingress),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
        ["rbac.authorization.k8s.io/v1/ClusterRole"] = typeof(V1ClusterRole),
        ["rbac.authorization.k8s.io/v1/Role"] = typeof(V1Role),
        ["rbac.authorization.k8s.io/v1/RoleBinding"] = typeof(V1RoleBinding)
    };

    /// <summary>As the test cluster's API server, 1.20, knows it: its disruption budgets are those of a beta, with the same fields.</summary>
    public string ForTestCluster => Yaml.Replace("apiVersion: policy/v1\n", "apiVersion: policy/v1beta1\n", StringComparison.Ordinal);

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    public static async Task<Manifests> OfAsync(TestCluster cluster, string folder)
    {
        var yaml = await cluster.KubectlAsync("kustomize", Repository.PathTo(["infra", "kubernetes", .. folder.Split('/')]));
        return new(yaml, Read(yaml));
    }

    /// <exception cref="Exception">A field is unknown to its type, or twice there.</exception>
    public static IReadOnlyList<object> Read(string yaml) => KubernetesYaml.LoadAllFromString(yaml, s_types, strict: true);
}
