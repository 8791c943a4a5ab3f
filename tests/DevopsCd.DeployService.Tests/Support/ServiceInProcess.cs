using DevopsCd.DeployService.Api;
using DevopsCd.Testing;
using DevopsCd.Testing.Contracts;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>One replica of the service, as Program.cs composes it.</summary>
internal sealed class ServiceInProcess : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> _factory;

    private ServiceInProcess(WebApplicationFactory<Program> factory, HttpClient http) => (_factory, Http) = (factory, http);

    public HttpClient Http { get; }

    public IServiceProvider Services => _factory.Services;

    public static async Task<ServiceInProcess> StartAsync(IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? replace = null,
        bool whenReady = true, bool onSocket = false)
    {
        var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            foreach (var (key, value) in settings)
                host.UseSetting(key, value);
            host.UseSetting("Serilog:MinimumLevel:Default", "Warning");
            if (replace is not null)
                host.ConfigureTestServices(replace);
        });
        if (onSocket)
        {
            factory.UseKestrel(0);
            factory.StartServer();
        }
        var service = new ServiceInProcess(factory,
            factory.CreateDefaultClient(factory.ClientOptions.BaseAddress, new ContractHandler(OpenApiContract.DeployService)));
        service.Http.DefaultRequestHeaders.Add(ApiKeyAuthentication.Header, Given.Key);
        if (whenReady)
            await Eventually.Sees(() => service.Http.GetAsync("health/ready"), a => a.IsSuccessStatusCode, "the service is ready", TimeSpan.FromSeconds(60));
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _factory.DisposeAsync();
    }
}
