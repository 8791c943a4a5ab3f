using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevopsCd.Core.Notifications;

/// <summary>The room's services. A further channel is one file and one line here.</summary>
internal static class NotificationRegistration
{
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services
            .AddChannel<LarkChannel>(NotificationChannels.Lark, ChannelNeeds.Url)
            .AddChannel<DingTalkChannel>(NotificationChannels.DingTalk, ChannelNeeds.Url)
            .AddChannel<WeComChannel>(NotificationChannels.WeCom, ChannelNeeds.Url)
            .AddChannel<SlackChannel>(NotificationChannels.Slack, ChannelNeeds.Url)
            .AddChannel<TeamsChannel>(NotificationChannels.Teams, ChannelNeeds.Url)
            .AddChannel<EmailChannel>(NotificationChannels.Email, ChannelNeeds.Mail)
            .AddChannel<WebhookChannel>(NotificationChannels.Webhook, ChannelNeeds.Url)
            .AddChannel<CdEventsChannel>(NotificationChannels.CdEvents, ChannelNeeds.Nothing)
            .AddChannel<LogChannel>(NotificationChannels.Log, ChannelNeeds.Nothing);

        services.AddOptions<NotificationOptions>().BindConfiguration(NotificationOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NotificationOptions>, NotificationOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<OutboundHttp>();
        services.AddSingleton<CdEventMapping>();
        services.AddSingleton<CloudEvents>();
        services.AddSingleton<NoticeComposer>();
        services.AddSingleton<ChannelRegistry>();
        services.AddSingleton(provider => new ChannelNames(
            provider.GetRequiredService<IOptions<NotificationOptions>>().Value.AllChannels().Select(c => c.Name).ToList()));
        services.AddSingleton<NotificationSignal>();
        services.AddSingleton<CommitSignal>();
        services.ConfigureDbContext<PostgresCdDbContext>((provider, db) => db.AddInterceptors(provider.GetRequiredService<CommitSignal>()));
        services.ConfigureDbContext<SqliteCdDbContext>((provider, db) => db.AddInterceptors(provider.GetRequiredService<CommitSignal>()));
        services.AddSingleton<NotificationStore>();
        services.AddSingleton<NotificationPump>();
        services.AddHostedService<NotificationSender>();
        services.AddScoped<Notices>();
        services.AddScoped<NotificationDesk>();
        return services;
    }

    /// <summary>Every wrong key of the section, for the start's one message; the registered validator guards whoever reads the options later.</summary>
    public static IEnumerable<string> WrongNotificationKeys(this IServiceCollection services, IConfiguration configuration)
    {
        var types = services.Where(s => s.ServiceType == typeof(ChannelType)).Select(s => (ChannelType)s.ImplementationInstance!);
        NotificationOptions options;
        try
        {
            options = configuration.GetSection(NotificationOptions.Section).Get<NotificationOptions>() ?? new NotificationOptions();
        }
        catch (InvalidOperationException unreadable)
        {
            return [ConfigurationReader.Unreadable(unreadable, NotificationOptions.Section)];
        }
        return new NotificationOptionsValidator(types).Validate(null, options).Failures ?? [];
    }

    private static IServiceCollection AddChannel<TChannel>(this IServiceCollection services, string name, ChannelNeeds needs)
        where TChannel : class, INotificationChannel =>
        services.AddSingleton(new ChannelType(name, needs, (provider, settings) => ActivatorUtilities.CreateInstance<TChannel>(provider, settings)));
}
