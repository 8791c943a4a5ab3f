using System.Diagnostics;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Shared;
using DevopsCd.Testing;
using k8s;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(TestCluster))]

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>The real API server all tests share; each test has namespaces of its own in it.</summary>
public sealed class TestCluster : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<DeployMetrics>().BuildServiceProvider();
    private string? _folder;
    private int _namespaces;

    public string Kubeconfig { get; private set; } = "";

    internal KubeApi Api { get; private set; } = null!;

    internal PuppetKubelet Puppets { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("DEVOPSCD_TEST_KUBECONFIG") is { Length: > 0 } given)
        {
            Kubeconfig = given;
        }
        else
        {
            _folder = Directory.CreateTempSubdirectory("devopscd-cluster-").FullName;
            var (exit, output, error) = await RunAsync(Repository.PathTo("infra", "test-cluster", "up"), [_folder],
                new() { ["CLUSTER_PORT"] = FreeBlock().ToString(), ["CLUSTER_NODES"] = "3" }, TimeSpan.FromMinutes(4));
            if (exit != 0)
                throw new InvalidOperationException($"The test cluster did not start; run infra/test/setup.d/20-test-cluster.sh first. {output} {error}");
            Kubeconfig = output.Trim().Split('\n')[^1];
        }
        Api = ApiWith(Kubeconfig);
        await Eventually.IsTrue(() => Api.ReadyAsync(default), "the API server answers", TimeSpan.FromMinutes(2));
        Puppets = await PuppetKubelet.StartAsync(Api);
    }

    public async ValueTask DisposeAsync()
    {
        if (Puppets is not null)
            await Puppets.DisposeAsync();
        Api?.Dispose();
        await _services.DisposeAsync();
        if (_folder is null)
            return;
        await RunAsync(Repository.PathTo("infra", "test-cluster", "down"), [_folder], [], TimeSpan.FromSeconds(20));
        foreach (var log in Directory.GetFiles(_folder, "*.log"))
            if (File.ReadLines(log).Any(line => line.StartsWith("== ended with", StringComparison.Ordinal)))
                Console.Error.WriteLine(
                    $"{Path.GetFileNameWithoutExtension(log)} of the test cluster ended during the tests and was started again: {string.Join(" | ", File.ReadLines(log).TakeLast(5))}");
        Directory.Delete(_folder, recursive: true);
    }

    internal KubeApi ApiWith(string kubeconfig, string fieldManager = "a-person") =>
        new("test", new ClusterOptions { ParallelCalls = 32, CallTimeout = Duration.Seconds(60) },
        KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), _services.GetRequiredService<DeployMetrics>(), TimeProvider.System, fieldManager);

    /// <summary>A new namespace in which pods can be created.</summary>
    public async Task<string> NamespaceAsync(string prefix = "t")
    {
        var name = $"{prefix}-{Environment.ProcessId}-{Interlocked.Increment(ref _namespaces)}";
        await Api.CreateAsync(KubeResource.Namespaces, null, new { apiVersion = "v1", kind = "Namespace", metadata = new { name } }, dryRun: false, default);
        var accounts = new KubeResource("", "v1", "serviceaccounts", "ServiceAccount");
        await Eventually.Sees(() => Api.FindAsync(accounts, name, "default", default), a => a?.Root.Items("secrets").Length > 0,
            $"the service account of {name}", TimeSpan.FromMinutes(2));
        return name;
    }

    public async Task<string> KubectlAsync(params IReadOnlyList<string> arguments)
    {
        var (exit, output, error) = await RunAsync("kubectl", ["--kubeconfig", Kubeconfig, .. arguments], [], TimeSpan.FromMinutes(2));
        return exit == 0 ? output : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: {error}");
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(string file, IReadOnlyList<string> arguments,
        Dictionary<string, string> environment, TimeSpan limit)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var late = new CancellationTokenSource(limit);
        var output = process.StandardOutput.ReadToEndAsync(late.Token);
        var error = process.StandardError.ReadToEndAsync(late.Token);
        await process.WaitForExitAsync(late.Token);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>The first of a block of ports; what listens on one of them makes the start fail, not the tests go wrong.</summary>
    private static int FreeBlock() => 20_000 + FreePort.Next() % 400 * 25;
}
