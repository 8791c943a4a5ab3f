using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>
/// Services that can be brought to every refusal: one with operations in each state, one that waits for no body, and one whose records are
/// away.
/// </summary>
public sealed partial class RefusingService(TestCluster cluster) : IAsyncLifetime
{
    public const string OtherKey = "a-key-for-another-namespace";

    public const string Newest = "op-newest", Older = "op-older", Underway = "op-under-way", Before = "op-before", Failed = "op-failed";
    public const string AtStep = "op-at-step", Contended = "op-contended", Returning = "op-returning", Broken = "op-broken";

    private Given _given = null!;
    private Rival? _rival;
    private TcpRelay? _relay;
    private ServiceProcess? _strict;
    private ServiceInProcess? _cutOff;

    public HttpClient Http => _given.Http;

    /// <summary>A process that gives a body a second.</summary>
    public HttpClient Strict => _strict!.Http;

    /// <summary>Its API server does not answer, and its callers may ask thirty times at once.</summary>
    public HttpClient CutOff => _cutOff!.Http;

    /// <summary>What <see cref="Newest" /> was started with.</summary>
    public DeployOperationRequest Good { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _given = await Given.NothingYetAsync(cluster);
        _given.Settings["deploy_service:keys:1:name"] = "guest";
        _given.Settings["deploy_service:keys:1:sha256"] = Given.HashOf(OtherKey);
        _given.Settings["deploy_service:keys:1:clusters:0"] = "*";
        _given.Settings["deploy_service:keys:1:namespaces:0"] = "somewhere-else";
        _given.Settings["deploy_service:records:cluster"] = "test";
        _given.Settings["deploy_service:clusters:far:kubeconfig"] = await KubeconfigAsync(FreePort.Next());
        _given.Settings["deploy_service:clusters:far:namespaces:0"] = _given.Namespace;
        await _given.StartAsync();
        await StartOthersAsync();
        await Task.WhenAll(
            OneAfterAnother(), OneUnderWay(), OneInVain(), Canary(AtStep, "canary"), Canary(Contended, "contended"), OneOnItsWayBack(), RecordOfNobody());
        _rival = await Rival.StartAsync(cluster, _given.Records, Contended);
        _relay!.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in (IAsyncDisposable?[])[_rival, _strict, _cutOff, _relay, _given])
            if (service is not null)
                await service.DisposeAsync();
    }

    private async Task StartOthersAsync()
    {
        var strict = new Dictionary<string, string?>(_given.Settings)
        {
            ["deploy_service:records:namespace"] = await cluster.NamespaceAsync("records"),
            ["deploy_service:limits:body_timeout"] = "1s"
        };
        _strict = await ServiceProcess.StartAsync(strict);
        _relay = TcpRelay.To("127.0.0.1", new Uri(await cluster.KubectlAsync("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}")).Port);
        var kubeconfig = await KubeconfigAsync(_relay.Port);
        var cutOff = new Dictionary<string, string?>(_given.Settings)
        {
            ["deploy_service:clusters:test:kubeconfig"] = kubeconfig,
            ["deploy_service:records:namespace"] = await cluster.NamespaceAsync("records"),
            ["deploy_service:limits:burst"] = "30",
            ["deploy_service:limits:requests_per_second"] = "1"
        };
        _cutOff = await ServiceInProcess.StartAsync(cutOff);
    }

    /// <summary>Two that have succeeded on one workload.</summary>
    private async Task OneAfterAnother()
    {
        await cluster.GivenDeploymentAsync(_given.Namespace, "calm");
        await Succeeded(Older, _given.Request("calm", "registry.example/app:2"));
        await Succeeded(Newest, Good = _given.Request("calm", "registry.example/app:3"));
    }

    /// <summary>One that has succeeded, and one whose image never comes.</summary>
    private async Task OneUnderWay()
    {
        await cluster.GivenDeploymentAsync(_given.Namespace, "busy");
        await Succeeded(Before, _given.Request("busy", "registry.example/app:2"));
        await _given.DeployAsync(Underway, _given.Request("busy", "registry.example/app:never", timeout: 3600));
        await _given.UntilReasonAsync(Underway, "RollingOut");
    }

    /// <summary>One that has failed before it changed anything: its cluster was never reached.</summary>
    private async Task OneInVain()
    {
        await _given.DeployAsync(Failed, _given.Request("far", "registry.example/app:2", timeout: 2) with { Cluster = "far" });
        await _given.UntilAsync(Failed, DeployPhases.Failed);
    }

    private async Task Canary(string id, string workload)
    {
        await cluster.GivenDeploymentAsync(_given.Namespace, workload, replicas: 2);
        var steps = new { type = "canary", steps = new object[] { new { weight = 50, pause = "30m" }, new { weight = 60, pause = true } } };
        await _given.DeployAsync(id, _given.Request(workload, "registry.example/app:2", steps, timeout: 3600));
        await _given.UntilReasonAsync(id, "AtStep");
    }

    /// <summary>What it goes back to never comes up.</summary>
    private async Task OneOnItsWayBack()
    {
        await cluster.Api.CreateAsync(KubeResource.Deployments, _given.Namespace, new
        {
            apiVersion = "apps/v1",
            kind = "Deployment",
            metadata = new { name = "back" },
            spec = new
            {
                selector = new { matchLabels = new { app = "back" } },
                template = new
                {
                    metadata = new { labels = new { app = "back" } },
                    spec = KubeTestExtensions.PodSpec("registry.example/app:never", puppets: true)
                }
            }
        }, dryRun: false, default);
        await Succeeded(Returning, _given.Request("back", "registry.example/app:2"));
        await _given.CommandAsync(Returning, "rollback");
    }

    private async Task<string> KubeconfigAsync(int port)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, ServerOf().Replace(await File.ReadAllTextAsync(cluster.Kubeconfig), $"https://127.0.0.1:{port}"));
        return file;
    }

    private Task RecordOfNobody() => cluster.Api.CreateAsync(KubeResource.ConfigMaps, _given.Records, new
    {
        apiVersion = "v1",
        kind = "ConfigMap",
        metadata = new { name = "op-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Broken)))[..40] },
        data = new { operation = "not JSON" }
    }, dryRun: false, default);

    private async Task Succeeded(string id, DeployOperationRequest request)
    {
        await _given.DeployAsync(id, request);
        await _given.UntilAsync(id, DeployPhases.Succeeded);
    }

    [GeneratedRegex(@"https://127\.0\.0\.1:\d+")]
    private static partial Regex ServerOf();
}
