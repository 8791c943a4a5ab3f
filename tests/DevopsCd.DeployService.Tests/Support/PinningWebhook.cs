using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>A mutating admission webhook for the Deployments of one namespace that pins every image without a digest to one.</summary>
internal sealed class PinningWebhook : IAsyncDisposable
{
    private static readonly KubeResource s_configurations =
        new("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", Namespaced: false);

    private readonly TestCluster _cluster;
    private readonly AdmissionServer _server;
    private readonly string _name;

    private PinningWebhook(TestCluster cluster, AdmissionServer server, string name) => (_cluster, _server, _name) = (cluster, server, name);

    public static async Task<PinningWebhook> StartAsync(TestCluster cluster, string ns)
    {
        var server = await AdmissionServer.StartAsync(request => Task.FromResult(Pin(request)));

        await cluster.KubectlAsync("label", "namespace", ns, $"pinned={ns}");
        await cluster.Api.CreateAsync(s_configurations, null, new
        {
            apiVersion = "admissionregistration.k8s.io/v1",
            kind = "MutatingWebhookConfiguration",
            metadata = new { name = ns },
            webhooks = new[]
            {
                new
                {
                    name = "pin.devopscd.test",
                    admissionReviewVersions = new[] { "v1" },
                    sideEffects = "None",
                    failurePolicy = "Fail",
                    namespaceSelector = new { matchLabels = new { pinned = ns } },
                    clientConfig = server.ClientConfig,
                    rules = new[] { new { apiGroups = new[] { "apps" }, apiVersions = new[] { "v1" }, operations = new[] { "CREATE", "UPDATE" },
                        resources = new[] { "deployments" } } }
                }
            }
        }, dryRun: false, default);
        var webhook = new PinningWebhook(cluster, server, ns);
        // The API server learns of it a moment later.
        await Eventually.IsTrue(async () => (await cluster.Api.CreateAsync(KubeResource.Deployments, ns, new
        {
            apiVersion = "apps/v1",
            kind = "Deployment",
            metadata = new { name = "trial" },
            spec = new
            {
                selector = new { matchLabels = new { app = "trial" } },
                template = new { metadata = new { labels = new { app = "trial" } }, spec = KubeTestExtensions.PodSpec("registry.example/app:1") }
            }
        }, dryRun: true, default)).Image()!.Contains('@'), "the webhook pins images");
        return webhook;
    }

    /// <summary>What it makes of an image.</summary>
    public static string Pinned(string image) => $"{image}@sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image)))}";

    public async ValueTask DisposeAsync()
    {
        await _cluster.Api.DeleteAsync(s_configurations, null, _name, default);
        await _server.DisposeAsync();
    }

    private static object Pin(JsonElement request)
    {
        var edits = new List<object>();
        foreach (var (i, container) in request.Items("object", "spec", "template", "spec", "containers").Index())
            if (container.Text("image") is { } image && !image.Contains('@'))
                edits.Add(new { op = "replace", path = $"/spec/template/spec/containers/{i}/image", value = Pinned(image) });
        return new
        {
            uid = request.Text("uid"),
            allowed = true,
            patchType = "JSONPatch",
            patch = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(edits))
        };
    }
}
