using DevopsCd.Core.Applications;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Deployments;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>The engine's side of the <c>http</c> driver as it is registered. Its time stands still: no call is late unless a test says so.</summary>
internal sealed class DeployClient : IAsyncDisposable
{
    /// <summary>Two of them fit into the time a circuit looks back on.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    private readonly ServiceProvider _services;

    public DeployClient(Uri address, string key)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["core:deploy:driver"] = "http",
            ["core:k8s:base_url"] = address.ToString(),
            ["core:k8s:api_key"] = key,
            ["core:k8s:call_timeout"] = $"{CallTimeout.TotalSeconds}s"
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddCore(new ConfigurationReader(configuration));
        _services = services.BuildServiceProvider();
        Service = _services.GetRequiredService<IDeployService>();
    }

    public IDeployService Service { get; }

    public FakeTimeProvider Clock { get; } = new();

    public static Deployment Operation(string application, string cluster = "staging")
    {
        var target = new ApplicationTarget
        {
            Stage = Stage.Pre,
            Cluster = "staging",
            Namespace = "shop",
            WorkloadKind = "Deployment",
            WorkloadName = application,
            Container = "app",
            Strategy = "canary",
            StrategySettings = """{"weight":20}"""
        };
        var started = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        return new Deployment
        {
            OperationId = $"b1-{application}-pre-1-0123456789ab",
            BatchId = 1,
            Application = application,
            Stage = Stage.Pre,
            Cluster = cluster,
            Attempt = 1,
            Image = $"registry.example/{application}:1.0.1",
            Target = SealedTarget.Read(SealedTarget.Write([target]))[0].ToJson(),
            StartedAt = started,
            DeadlineAt = started.AddMinutes(10)
        };
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
