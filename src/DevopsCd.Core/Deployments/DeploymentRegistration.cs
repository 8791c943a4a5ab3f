using System.Net;
using DevopsCd.Core.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;

namespace DevopsCd.Core.Deployments;

/// <summary>Services of this room.</summary>
internal static class DeploymentRegistration
{
    public static IServiceCollection AddDeployments(this IServiceCollection services, DeployOptions deploy, K8sOptions address)
    {
        services.AddSingleton<SealedContent>().AddScoped<StageDispatcher>().AddScoped<OperationDesk>();
        if (deploy.Driver != "http")
            return services.AddSingleton<IDeployService, SimulatedDeployService>();

        services.AddHttpClient<IDeployService, HttpDeployService>(client =>
        {
            client.BaseAddress = new Uri(address.BaseUrl!.AbsoluteUri.TrimEnd('/') + "/");
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.MaxResponseContentBufferSize = HttpDeployService.LargestAnswer;
            client.DefaultRequestHeaders.Add("X-API-Key", address.ApiKey);
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        .AddResilienceHandler("deploy", pipeline => pipeline
            .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
            {
                // With five calls in parallel the default of 100 in 30 s would never open.
                MinimumThroughput = 10,
                FailureRatio = 0.8,
                SamplingDuration = TimeSpan.FromSeconds(20),
                BreakDuration = TimeSpan.FromSeconds(5),
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is not null || args.Outcome.Result?.StatusCode >= HttpStatusCode.InternalServerError)
            })
            .AddTimeout(address.CallTimeout.Value));
        return services;
    }
}
