using System.Threading.RateLimiting;
using DevopsCd.DeployService.Api;
using DevopsCd.DeployService.Callbacks;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Drivers;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.DeployService.Strategies;
using DevopsCd.Shared;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace DevopsCd.DeployService;

/// <summary>One method a room.</summary>
internal static class DeployServiceRegistration
{
    public static IServiceCollection AddDeployments(this IServiceCollection services, DeployServiceOptions options)
    {
        return services
            .AddSingleton(Options.Create(options))
            .AddSingleton(new ClusterClock(TimeProvider.System))
            .AddSingleton<TimeProvider>(provider => provider.GetRequiredService<ClusterClock>())
            .AddSingleton<DeployMetrics>()
            .AddSingleton<Clusters>()
            .AddSingleton<OperationStore>()
            .AddSingleton<OperationService>()
            .AddSingleton<Preflight>()
            .AddSingleton<Schedule>()
            .AddSingleton<OperationContextFactory>()
            .AddSingleton<Triage>()
            .AddSingleton<Transitions>()
            .AddSingleton<Leftovers>()
            .AddSingleton<DeploySteps>()
            .AddSingleton<ReturnSteps>()
            .AddSingleton<FinishSteps>()
            .AddSingleton<Reporter>()
            .AddSingleton<OperationEngine>()
            .AddHostedService(provider => provider.GetRequiredService<Reporter>())
            .AddHostedService(provider => provider.GetRequiredService<OperationEngine>());
    }

    /// <summary>One line for each strategy and driver.</summary>
    public static IServiceCollection AddStrategies(this IServiceCollection services)
    {
        services.AddHttpClient<PrometheusAnalysis>();
        return services
            .AddSingleton<StrategyCatalogue>()
            .AddSingleton<IDeployStrategy, RollingStrategy>()
            .AddSingleton<IDeployStrategy, RecreateStrategy>()
            .AddSingleton<IDeployStrategy, CanaryStrategy>()
            .AddSingleton<IDeployStrategy, BlueGreenStrategy>()
            .AddSingleton<IDeployStrategy, ArgoRolloutsDriver>()
            .AddSingleton<IDeployStrategy, ArgoCdDriver>()
            .AddSingleton<IDeployStrategy, FluxDriver>()
            .AddSingleton<IDeployStrategy, HelmDriver>();
    }

    /// <summary>One line for each kind of callback.</summary>
    public static IServiceCollection AddCallbacks(this IServiceCollection services)
    {
        services.AddHttpClient(CallbackKinds.Http);
        return services
            .AddKeyedSingleton<ICallback, NoCallback>(CallbackKinds.None)
            .AddKeyedSingleton<ICallback>(CallbackKinds.Http, (provider, _) =>
                ActivatorUtilities.CreateInstance<HttpCallback>(provider, provider.GetRequiredService<IHttpClientFactory>().CreateClient(CallbackKinds.Http)))
            .AddKeyedSingleton<ICallback, RabbitMqCallback>(CallbackKinds.RabbitMq)
            .AddSingleton(provider =>
                provider.GetRequiredKeyedService<ICallback>(provider.GetRequiredService<IOptions<DeployServiceOptions>>().Value.Callback.Kind));
    }

    public static IServiceCollection AddApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<RequestReader>();
        services.AddOpenApi("v1", ApiDocument.Describe);
        // What is wrong with a parameter is said in every environment, by FailureHandler.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.Complete);
        services.AddExceptionHandler<FailureHandler>();
        services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddHealthChecks().AddCheck<RecordsReady>("records", tags: ["ready"]);
        services.AddOpenTelemetry()
            .ConfigureResource(service => service.Clear().AddTelemetrySdk().AddService("devopscd-deploy-service", serviceVersion: ProgramVersion.Text)
                .AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics
                .AddMeter(DeployMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "System.Runtime")
                .AddPrometheusExporter())
            .AddTraces(configuration, OperationTrace.SourceName);
        return services.AddRateLimiter(_ => { }).AddSingleton<IConfigureOptions<RateLimiterOptions>, CallerLimits>();
    }

    public static void MapService(this WebApplication app)
    {
        app.MapDeployments();
        app.MapOpenApi().AllowAnonymous();
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous().DisableRateLimiting();
        app.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready") }).AllowAnonymous().DisableRateLimiting();
        app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous().DisableRateLimiting();
    }
}
