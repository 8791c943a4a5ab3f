using System.Text.Json;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>Somebody who changes the record of one operation whenever anybody else is about to: the API server finds each such change too late.</summary>
internal sealed class Rival : IAsyncDisposable
{
    private const string Mark = "rival.devopscd.test";

    private static readonly KubeResource s_configurations =
        new("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", Namespaced: false);

    private readonly TestCluster _cluster;
    private readonly AdmissionServer _server;
    private readonly string _records;

    private Rival(TestCluster cluster, AdmissionServer server, string records) => (_cluster, _server, _records) = (cluster, server, records);

    public static async Task<Rival> StartAsync(TestCluster cluster, string records, string operationId)
    {
        var isHeard = new TaskCompletionSource();
        var server = await AdmissionServer.StartAsync(async request =>
        {
            isHeard.TrySetResult();
            var (before, after) = (request.GetProperty("oldObject"), request.GetProperty("object"));
            if (Annotation(after, "devopscd.io/operation") == operationId && Annotation(before, Mark) == Annotation(after, Mark))
            {
                var touched = new { metadata = new { annotations = new Dictionary<string, string> { [Mark] = Guid.NewGuid().ToString() } } };
                await cluster.Api.MergeAsync(KubeResource.ConfigMaps, records, after.Text("metadata", "name")!, touched, default);
            }
            return new { uid = request.Text("uid"), allowed = true };
        });
        await cluster.KubectlAsync("label", "namespace", records, $"rival={records}");
        await cluster.Api.CreateAsync(s_configurations, null, new
        {
            apiVersion = "admissionregistration.k8s.io/v1",
            kind = "ValidatingWebhookConfiguration",
            metadata = new { name = records },
            webhooks = new[]
            {
                new
                {
                    name = Mark,
                    admissionReviewVersions = new[] { "v1" },
                    sideEffects = "NoneOnDryRun",
                    failurePolicy = "Fail",
                    namespaceSelector = new { matchLabels = new { rival = records } },
                    clientConfig = server.ClientConfig,
                    rules = new[] { new { apiGroups = new[] { "" }, apiVersions = new[] { "v1" }, operations = new[] { "UPDATE" },
                        resources = new[] { "configmaps" } } }
                }
            }
        }, dryRun: false, default);
        // The API server learns of it a moment later.
        await cluster.Api.CreateAsync(KubeResource.ConfigMaps, records, new { apiVersion = "v1", kind = "ConfigMap", metadata = new { name = "trial" } },
            dryRun: false, default);
        await Eventually.IsTrue(async () =>
        {
            var change = new { metadata = new { annotations = new Dictionary<string, string> { ["trial"] = Guid.NewGuid().ToString() } } };
            await cluster.Api.MergeAsync(KubeResource.ConfigMaps, records, "trial", change, default);
            return isHeard.Task.IsCompleted;
        }, "the rival hears of changes");
        return new Rival(cluster, server, records);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.Api.DeleteAsync(s_configurations, null, _records, default);
        await _server.DisposeAsync();
    }

    private static string? Annotation(JsonElement configMap, string name) =>
        configMap.At("metadata", "annotations") is { } annotations && annotations.TryGetProperty(name, out var value) ? value.GetString() : null;
}
