namespace DevopsCd.DeployService.Kubernetes;

/// <summary>A kind of object and where the API serves it.</summary>
internal sealed record KubeResource(string Group, string Version, string Plural, string Kind, bool Namespaced = true)
{
    public static readonly KubeResource Deployments = new("apps", "v1", "deployments", "Deployment");
    public static readonly KubeResource StatefulSets = new("apps", "v1", "statefulsets", "StatefulSet");
    public static readonly KubeResource DaemonSets = new("apps", "v1", "daemonsets", "DaemonSet");
    public static readonly KubeResource ReplicaSets = new("apps", "v1", "replicasets", "ReplicaSet");
    public static readonly KubeResource Pods = new("", "v1", "pods", "Pod");
    public static readonly KubeResource Logs = new("", "v1", "pods/log", "Pod");
    public static readonly KubeResource Events = new("", "v1", "events", "Event");
    public static readonly KubeResource Services = new("", "v1", "services", "Service");
    public static readonly KubeResource ConfigMaps = new("", "v1", "configmaps", "ConfigMap");
    public static readonly KubeResource Namespaces = new("", "v1", "namespaces", "Namespace", Namespaced: false);
    public static readonly KubeResource Quotas = new("", "v1", "resourcequotas", "ResourceQuota");
    public static readonly KubeResource Autoscalers = new("autoscaling", "v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler");
    public static readonly KubeResource HttpRoutes = new("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute");
    public static readonly KubeResource Rollouts = new("argoproj.io", "v1alpha1", "rollouts", "Rollout");
    public static readonly KubeResource Applications = new("argoproj.io", "v1alpha1", "applications", "Application");
    public static readonly KubeResource HelmReleases = new("helm.toolkit.fluxcd.io", "v2", "helmreleases", "HelmRelease");
    public static readonly KubeResource AccessReviews =
        new("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", Namespaced: false);

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string Path(string? ns = null, string? name = null)
    {
        var root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        var scope = Namespaced && ns is not null ? $"/namespaces/{Uri.EscapeDataString(ns)}" : "";
        return $"{root}{scope}/{Plural}{(name is null ? "" : "/" + Uri.EscapeDataString(name))}";
    }
}
