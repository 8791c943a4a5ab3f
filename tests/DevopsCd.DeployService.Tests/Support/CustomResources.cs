using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>Custom resource definitions with the groups, names and status subresources of the real ones; any field is accepted.</summary>
internal static class CustomResources
{
    private static readonly KubeResource s_definitions =
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", Namespaced: false);

    public static async Task InstallAsync(TestCluster cluster, KubeResource resource, bool status = true)
    {
        var name = $"{resource.Plural}.{resource.Group}";
        try
        {
            await cluster.Api.CreateAsync(s_definitions, null, new
            {
                apiVersion = "apiextensions.k8s.io/v1",
                kind = "CustomResourceDefinition",
                metadata = new
                {
                    name,
                    annotations = new Dictionary<string, string>
                    {
                        ["api-approved.kubernetes.io"] =
                    "https://github.com/kubernetes-sigs/gateway-api/pull/2997"
                    }
                },
                spec = new
                {
                    group = resource.Group,
                    scope = "Namespaced",
                    names = new
                    {
                        plural = resource.Plural,
                        singular = resource.Kind.ToLowerInvariant(),
                        kind = resource.Kind,
                        listKind = resource.Kind + "List"
                    },
                    versions = new[]
                    {
                        new Dictionary<string, object>
                        {
                            ["name"] = resource.Version,
                            ["served"] = true,
                            ["storage"] = true,
                            ["subresources"] = status ? new { status = new { } } : new { },
                            ["schema"] = new { openAPIV3Schema = new Dictionary<string, object> { ["type"] = "object",
                                ["x-kubernetes-preserve-unknown-fields"] = true } }
                        }
                    }
                }
            }, dryRun: false, default);
        }
        catch (KubeException exists) when (exists.AlreadyExists)
        {
            // Another test was faster.
        }
        await Eventually.Sees(() => cluster.Api.ListAsync(resource, "default", null, null, default), _ => true, $"{name} is served");
    }
}
