using DevopsCd.Core.Configuration;
using DevopsCd.Core.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Deployments;

/// <summary>Services of this room.</summary>
internal static class DeploymentRegistration
{
    public static IServiceCollection AddDeployments(this IServiceCollection services, DeployOptions deploy, K8sOptions address)
    {
        services.AddWorkWatch().AddSingleton<SealedContent>().AddSingleton<StageMemory>().AddScoped<StageRows>()
            .AddScoped<StageDispatcher>().AddScoped<StageEnds>().AddScoped<OperationChanges>().AddScoped<ProductionPlanner>()
            .AddSingleton<OperationRules>().AddSingleton<OperationClaims>().AddSingleton<OperationSettlement>().AddScoped<DeploymentOperationRunner>()
            .AddScoped<LiveVersions>().AddSingleton<DriftWatch>().AddScoped<OperationTimes>().AddScoped<ApplicationHistory>();
        if (deploy.Driver != "http")
            return services.AddSingleton<IDeployService, SimulatedDeployService>();

        // The others cannot tell what runs.
        services.AddHostedService(provider => provider.GetRequiredService<DriftWatch>());
        services.AddSingleton<DeployCalls>().AddHttpClient<IDeployService, HttpDeployService>(client =>
        {
            client.BaseAddress = new Uri(address.BaseUrl!.AbsoluteUri.TrimEnd('/') + "/");
            // Calls are bounded by their guard, which sees the body, too.
            client.Timeout = Timeout.InfiniteTimeSpan;
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = address.CallTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5)
        });
        return services;
    }
}
