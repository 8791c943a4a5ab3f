using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>A running deploy service, a namespace to deploy to, and a namespace for its records.</summary>
internal sealed class Given : IAsyncDisposable
{
    public const string Key = "the-engine's-key-of-high-entropy";

    /// <summary>For tests of rollouts that are to fail. Any other rollout may have to wait for a node or a pod when the machine is busy.</summary>
    public static readonly (string Key, string Value)[] SoonGivenUp = [("deploy_service:rollout:unschedulable_after", "2s"),
        ("deploy_service:rollout:config_error_after", "2s"), ("deploy_service:rollout:poll_interval", "1s")];

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly List<IAsyncDisposable> _services = [];

    private Given(TestCluster cluster, string ns, string records)
    {
        (Cluster, Namespace, Records) = (cluster, ns, records);
        Settings = new()
        {
            ["deploy_service:records:namespace"] = records,
            ["deploy_service:clusters:test:kubeconfig"] = cluster.Kubeconfig,
            ["deploy_service:clusters:test:namespaces:0"] = ns,
            ["deploy_service:keys:0:name"] = "engine",
            ["deploy_service:keys:0:sha256"] = HashOf(Key),
            ["deploy_service:keys:0:clusters:0"] = "*",
            ["deploy_service:keys:0:namespaces:0"] = "*",
            // The hollow kubelets' runtime lets a container go round once or twice on a busy machine.
            ["deploy_service:rollout:crash_restarts"] = "4"
        };
    }

    public TestCluster Cluster { get; }
    public string Namespace { get; }
    public string Records { get; }

    /// <summary>The configuration the next started service gets.</summary>
    public Dictionary<string, string?> Settings { get; }

    public HttpClient Http { get; private set; } = null!;

    public static async Task<Given> ServiceAsync(TestCluster cluster, params (string Key, string Value)[] settings)
    {
        var given = await NothingYetAsync(cluster);
        foreach (var (key, value) in settings)
            given.Settings[key] = value;
        await given.StartAsync();
        return given;
    }

    public static async Task<Given> NothingYetAsync(TestCluster cluster) =>
        new(cluster, await cluster.NamespaceAsync(), await cluster.NamespaceAsync("records"));

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Starts one more replica and talks to that one from now on.</summary>
    public async Task<ServiceInProcess> StartAsync(Action<IServiceCollection>? replace = null)
    {
        var service = await ServiceInProcess.StartAsync(Settings, replace);
        _services.Add(service);
        Http = service.Http;
        return service;
    }

    /// <summary>Ends all replicas and starts one anew.</summary>
    public async Task RestartAsync()
    {
        await StopAllAsync();
        await StartAsync();
    }

    public async Task StopAllAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
        _services.Clear();
    }

    public DeployOperationRequest Request(string workload, string image, object? strategy = null, string kind = "Deployment", int? timeout = 300) => new()
    {
        Application = workload,
        Stage = "pre",
        Cluster = "test",
        Namespace = Namespace,
        Workload = new DeployWorkload { Kind = kind, Name = workload, Container = kind is "Application" or "HelmRelease" or "Release" ? null : "app" },
        Image = image,
        Strategy = strategy is null ? null : JsonSerializer.Deserialize<DeployStrategy>(JsonSerializer.Serialize(strategy), Json.Options),
        TimeoutSeconds = timeout,
        Labels = new() { ["batch"] = "B20261124-001", ["devopscd.io/attempt"] = "1" }
    };

    public Task<HttpResponseMessage> PutAsync(string id, object body, HttpClient? at = null) =>
        (at ?? Http).PutAsJsonAsync($"api/v1/deployments/{id}", body, Json.Options);

    public async Task<DeployOperationView> DeployAsync(string id, DeployOperationRequest request)
    {
        using var answer = await PutAsync(id, request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<DeployOperationView>(Json.Options))!;
    }

    public async Task<DeployOperationView> ViewAsync(string id, HttpClient? at = null) =>
        (await (at ?? Http).GetFromJsonAsync<DeployOperationView>($"api/v1/deployments/{id}", Json.Options))!;

    public async Task<DeployOperationView> CommandAsync(string id, string verb)
    {
        using var answer = await Http.PostAsync($"api/v1/deployments/{id}/{verb}", null);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<DeployOperationView>(Json.Options))!;
    }

    public Task<DeployPreflightView> PreflightAsync(params DeployOperationRequest[] operations) => AskAsync("preflight", operations);

    /// <summary>What the operations would change, without trying them.</summary>
    public Task<DeployPreflightView> InspectAsync(params DeployOperationRequest[] operations) => AskAsync("preflight/inspect", operations);

    private async Task<DeployPreflightView> AskAsync(string path, DeployOperationRequest[] operations)
    {
        using var answer = await Http.PostAsJsonAsync($"api/v1/{path}", new DeployPreflightRequest { Operations = operations }, Json.Options);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<DeployPreflightView>(Json.Options))!;
    }

    public Task<DeployOperationView> UntilAsync(string id, string phase) =>
        Eventually.Sees(() => ViewAsync(id), v => v.Phase == phase ? true : DeployPhases.HasEnded(v.Phase) ? throw new HopelessEndException(v) : false,
            $"operation {id} {phase}", s_patience);

    public Task<DeployOperationView> UntilReasonAsync(string id, string reason) =>
        Eventually.Sees(() => ViewAsync(id), v => v.Reason == reason, $"operation {id} says {reason}", s_patience);

    public Task<KubeObject> DeploymentAsync(string name) => Cluster.DeploymentAsync(Namespace, name);

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
        foreach (var ns in new[] { Namespace, Records })
            await Cluster.Api.DeleteAsync(KubeResource.Namespaces, null, ns, default);
    }

    private sealed class HopelessEndException(DeployOperationView view) : HopelessException($"{view}");
}
