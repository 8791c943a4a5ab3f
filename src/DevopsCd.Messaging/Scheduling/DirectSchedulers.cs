using MassTransit.DependencyInjection;
using MassTransit.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.QuartzIntegration;

internal static class DirectSchedulers
{
    internal static IMessageScheduler Create(IServiceProvider scope, ConsumeContext? consumed = null)
    {
        var builder = scope.GetRequiredService<ScheduledMessageBuilder>();
        var provider = new QuartzScheduleMessageProvider(
            builder,
            scope.GetRequiredService<ScheduleStore>(),
            scope.GetRequiredService<IScheduleTransactionSource>(),
            scope.GetRequiredService<IScopedConsumeContextProvider>(),
            consumed);
        return new MessageScheduler(provider, builder.Topology);
    }

    internal static IRecurringMessageScheduler CreateRecurring(IServiceProvider scope)
    {
        var builder = scope.GetRequiredService<ScheduledMessageBuilder>();
        var endpoint = new RecurringScheduleEndpoint(
            builder, scope.GetRequiredService<ScheduleStore>(), scope.GetRequiredService<IScheduleTransactionSource>());
        return new EndpointRecurringMessageScheduler(endpoint, builder.Topology);
    }
}
