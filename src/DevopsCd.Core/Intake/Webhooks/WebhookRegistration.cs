using DevopsCd.Core.Configuration;
using DevopsCd.Core.Intake.Webhooks.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

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

    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        var options = Options(configuration);
        foreach (var (_, type) in s_sources)
            services.AddSingleton(typeof(IWebhookSource), type);
        services.AddSingleton(options).AddSingleton<WebhookSources>().AddSingleton<BuildMatcher>().AddSingleton<SilentRegistries>().AddSingleton<DeliverySignal>();
        services.AddSingleton<DeliveryStore>().AddHostedService(p => p.GetRequiredService<DeliveryStore>());
        services.AddSingleton<DeliveryProcessor>().AddHostedService(p => p.GetRequiredService<DeliveryProcessor>());
        services.AddHttpClient<DigestResolver>(http => http.Timeout = DigestResolver.Timeout)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = DigestResolver.Timeout });
        return services;
    }

    /// <summary>Every wrong key of the intake with what is allowed.</summary>
    public static IEnumerable<string> WrongKeys(IConfiguration configuration)
    {
        try
        {
            return Options(configuration).Wrong([.. s_sources.Select(s => s.Name)]);
        }
        catch (InvalidOperationException unreadable)
        {
            return [ConfigurationReader.Unreadable(unreadable, WebhookOptions.Section)];
        }
    }

    private static WebhookOptions Options(IConfiguration configuration) =>
        configuration.GetSection(WebhookOptions.Section).Get<WebhookOptions>() ?? new WebhookOptions();
}
