using DevopsCd.DeployService.Configuration;

namespace DevopsCd.DeployService.Api;

/// <summary>Who calls, and what that key may touch.</summary>
internal sealed class Caller(ApiKeyOptions key)
{
    public string Name => key.Name;

    public bool May(string cluster, string ns) => Covers(key.Clusters, cluster) && Covers(key.Namespaces, ns);

    public bool MayUse(string cluster) => Covers(key.Clusters, cluster);

    private static bool Covers(List<string> scope, string name) => scope.Contains("*") || scope.Contains(name);
}
