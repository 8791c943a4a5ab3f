using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Observability;
using DevopsCd.Core.Outbound;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevopsCd.Core.Notifications;

/// <summary>The room's services. A further channel is one file and one line here.</summary>
internal static class NotificationRegistration
{
    /// <summary>The types of channels that the configuration may name.</summary>
    public static readonly IReadOnlyList<ChannelType> Types =
    [
        Type<LarkChannel>(NotificationChannels.Lark, ChannelNeeds.Url),
        Type<DingTalkChannel>(NotificationChannels.DingTalk, ChannelNeeds.Url),
        Type<WeComChannel>(NotificationChannels.WeCom, ChannelNeeds.Url),
        Type<SlackChannel>(NotificationChannels.Slack, ChannelNeeds.Url),
        Type<TeamsChannel>(NotificationChannels.Teams, ChannelNeeds.Url),
        Type<EmailChannel>(NotificationChannels.Email, ChannelNeeds.Mail),
        Type<WebhookChannel>(NotificationChannels.Webhook, ChannelNeeds.Url),
        Type<CdEventsChannel>(NotificationChannels.CdEvents, ChannelNeeds.Nothing),
        Type<LogChannel>(NotificationChannels.Log, ChannelNeeds.Nothing),
    ];

    public static IServiceCollection AddNotifications(this IServiceCollection services, NotificationOptions options, RetentionOptions retention)
    {
        services.AddSingleton(options);
        services.TryAddSingleton<OutboundNetwork>();
        services.AddSingleton(
            provider => new OutboundHttp(options.Outbound(), provider.GetRequiredService<OutboundNetwork>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CdEventFacts>();
        services.AddSingleton<CdEventMapping>();
        services.AddSingleton<CloudEvents>();
        services.AddSingleton<NoticeComposer>();
        services.AddSingleton<ChannelRegistry>();
        services.AddSingleton(new ChannelChoice(options));
        services.AddSingleton<WakeSignal<Notification>>();
        services.AddTransactionHooks();
        services.AddSingleton<KnownNotices>();
        services.ConfigureDbContext<PostgresCdDbContext>((provider, db) => db.AddInterceptors(provider.GetRequiredService<KnownNotices>()));
        services.ConfigureDbContext<SqliteCdDbContext>((provider, db) => db.AddInterceptors(provider.GetRequiredService<KnownNotices>()));
        services.AddSingleton<NotificationStore>();
        services.AddSingleton<NotificationDispatcher>();
        services.AddWorkWatch().AddHostedService<NotificationSender>();
        services.AddScoped<Notices>();
        services.AddScoped<NotificationAdministration>();
        // One that carries others tells when they were sent.
        return services.AddRetention("Old notices", retention.Notices?.Value, (db, before) => db.Set<Notification>()
            .Where(n => n.CreatedAt < before && n.Status != NotificationStatus.Pending && n.Status != NotificationStatus.Sending
                && !db.Set<Notification>().Any(carried => carried.CarriedBy == n.Id && carried.CreatedAt >= before)));
    }

    private static ChannelType Type<TChannel>(string name, ChannelNeeds needs)
        where TChannel : class, INotificationChannel =>
        new(name, needs, (provider, settings) => ActivatorUtilities.CreateInstance<TChannel>(provider, settings));
}
