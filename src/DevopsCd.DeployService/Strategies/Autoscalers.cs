using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>Whether an autoscaler says how many pods a Deployment has.</summary>
internal static class Autoscalers
{
    /// <summary>The name of the one on that workload; null when there is none, or it may not be read.</summary>
    public static async Task<string?> FindAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var (_, all) = await cluster.Api.ListAsync(KubeResource.Autoscalers, request.Namespace, null, null, cancellationToken);
            return all.FirstOrDefault(a => a.Root.Text("spec", "scaleTargetRef", "kind") == request.Workload.Kind
                && a.Root.Text("spec", "scaleTargetRef", "name") == request.Workload.Name)?.Name;
        }
        catch (KubeException no) when ((int)no.Status is 403 or 404)
        {
            // Preflight names the right that is missing.
            return null;
        }
    }
}
