using MassTransit.Configuration;
using MassTransit.QuartzIntegration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MassTransit;

/// <summary>Consumers that make this process a scheduler for others, who send their schedule commands to its queue.</summary>
public static class QuartzRegistrationExtensions
{
    /// <summary>
    /// Adds the consumers of schedule commands. The bus finds them under <c>queue:quartz</c> by
    /// <c>AddMessageScheduler(uri)</c> and <c>UseMessageScheduler(uri)</c>, or by what
    /// <c>AddPublishMessageScheduler()</c> publishes. The schedule is kept by the container's scheduler, as
    /// <see cref="QuartzMessageSchedulerRegistration.AddQuartzMessageStore"/> or <c>AddQuartz(…)</c> say; where no hosted service runs
    /// it, it starts and stops with the bus.
    /// </summary>
    public static void AddQuartzConsumers(this IBusRegistrationConfigurator configurator, Action<QuartzEndpointOptions>? configure = null)
    {
        var options = configurator.AddOptions<QuartzEndpointOptions>();
        if (configure is not null)
            options.Configure(configure);

        configurator.AddScheduleStore();
        configurator.AddBusObserver<SchedulerOfTheBus>();
        configurator.TryAddSingleton<QuartzEndpointDefinition>();
        configurator.AddConsumer<ScheduleMessageConsumer, ScheduleMessageConsumerDefinition>();
        configurator.AddConsumer<CancelScheduledMessageConsumer, CancelScheduledMessageConsumerDefinition>();
        configurator.AddConsumer<PauseScheduledMessageConsumer, PauseScheduledMessageConsumerDefinition>();
        configurator.AddConsumer<ResumeScheduledMessageConsumer, ResumeScheduledMessageConsumerDefinition>();
    }

    /// <summary>Adds the consumers of schedule commands to an endpoint that is configured by hand.</summary>
    public static void ConfigureQuartzConsumers(this IReceiveEndpointConfigurator configurator, IBusRegistrationContext context)
    {
        configurator.ConfigureConsumer<ScheduleMessageConsumer>(context);
        configurator.ConfigureConsumer<CancelScheduledMessageConsumer>(context);
        configurator.ConfigureConsumer<PauseScheduledMessageConsumer>(context);
        configurator.ConfigureConsumer<ResumeScheduledMessageConsumer>(context);
    }
}
