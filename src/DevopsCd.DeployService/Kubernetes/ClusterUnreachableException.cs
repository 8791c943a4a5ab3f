namespace DevopsCd.DeployService.Kubernetes;

/// <summary>The API server did not answer, or not in a way that says anything about the request.</summary>
internal sealed class ClusterUnreachableException(string cluster, string why, Exception? inner = null)
    : Exception($"cluster '{cluster}' cannot be reached: {why}", inner)
{
    public string Cluster => cluster;
}
