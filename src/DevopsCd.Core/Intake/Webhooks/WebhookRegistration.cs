using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Intake.Webhooks.Sources;
using DevopsCd.Core.Observability;
using DevopsCd.Core.Outbound;
using DevopsCd.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevopsCd.Core.Intake.Webhooks;

internal static class WebhookRegistration
{
    /// <summary>One line a sender.</summary>
    private static readonly (string Name, Type Type)[] s_sources =
    [
        ("cdevents", typeof(CdEventsSource)),
        ("compat", typeof(CompatSource)),
        ("drone", typeof(DroneSource)),
        ("forgejo", typeof(ForgejoSource)),
        ("generic", typeof(GenericSource)),
        ("gitea", typeof(GiteaSource)),
        ("github", typeof(GitHubSource)),
        ("gitlab", typeof(GitLabSource)),
        ("harbor", typeof(HarborSource)),
        ("jenkins", typeof(JenkinsSource)),
    ];

    public static IServiceCollection AddWebhooks(this IServiceCollection services, WebhookOptions options)
    {
        foreach (var (_, type) in s_sources)
            services.AddSingleton(typeof(IWebhookSource), type);
        services.TryAddSingleton<OutboundNetwork>();
        services.AddSingleton(options).AddSingleton<WebhookSources>().AddSingleton<BuildMatcher>().AddScoped<WebhookTrial>().AddScoped<DeliveryQueries>()
            .AddSingleton<RegistryCircuitBreaker>().AddSingleton<WakeSignal<WebhookDelivery>>();
        services.AddSingleton<DeliveryStore>().AddHostedService(p => p.GetRequiredService<DeliveryStore>());
        services.AddWorkWatch().AddSingleton<DeliveryProcessor>().AddHostedService(p => p.GetRequiredService<DeliveryProcessor>());
        services.AddRetention("Old webhook deliveries", options.Retention.Value,
            (db, before) => db.Set<WebhookDelivery>().Where(d => d.ProcessedAt < before));
        services.AddHttpClient<DigestResolver>(
            http => (http.Timeout, http.MaxResponseContentBufferSize) = (DigestResolver.Timeout, DigestResolver.LargestAnswer))
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ConnectTimeout = DigestResolver.Timeout,
                // Where the tokens of a registry come from is its own word.
                ConnectCallback = new GuardedConnection(provider.GetRequiredService<OutboundNetwork>(), options.RegistryHosts(),
                    $"{WebhookOptions.Section}:registries:…:token_host").ConnectAsync
            });
        return services;
    }

    /// <summary>Reads the section; what is wrong goes to the reader.</summary>
    public static WebhookOptions Read(ConfigurationReader reader)
    {
        var options = reader.Read<WebhookOptions>(WebhookOptions.Section);
        reader.Wrong(options.Wrong([.. s_sources.Select(s => s.Name)]));
        reader.Doubt(options.Doubts());
        return options;
    }
}
