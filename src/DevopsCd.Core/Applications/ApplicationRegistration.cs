using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Applications;

/// <summary>Services of this room.</summary>
internal static class ApplicationRegistration
{
    public static IServiceCollection AddApplications(this IServiceCollection services, DeployOptions deploy, K8sOptions address)
    {
        services.AddScoped<ApplicationCatalogue>().AddScoped<TargetCatalogue>().AddScoped<TargetReview>().AddScoped<IFirstContent, SampleCatalogue>();
        if (deploy.Driver != "http")
            return services.AddSingleton<ITargetCheck, NoTargetCheck>();
        // A client of its own: what it meets must not open the breaker of the deployments.
        services.AddHttpClient<ITargetCheck, DeployServiceTargetCheck>(client =>
        {
            client.BaseAddress = new Uri(address.BaseUrl!.AbsoluteUri.TrimEnd('/') + "/");
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.MaxResponseContentBufferSize = HttpDeployService.LargestAnswer;
            client.DefaultRequestHeaders.Add("X-API-Key", address.ApiKey);
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        return services;
    }
}
