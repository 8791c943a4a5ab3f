using MassTransit.Context;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.QuartzIntegration;

/// <summary>
/// Puts the scheduler on the consume context. MassTransit asks the factory again for every scope it opens further down, so
/// the scheduler a consumer or saga sees is that of its own scope and transaction.
/// </summary>
internal sealed class DirectSchedulerFilter : IFilter<ConsumeContext>
{
    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        context.GetOrAddPayload<MessageSchedulerContext>(() => new ConsumeMessageSchedulerContext(context, CreateScheduler));
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("scheduler").Add("type", "quartz");

    private static IMessageScheduler CreateScheduler(ConsumeContext context)
    {
        var scope = context.TryGetPayload<IServiceScope>(out var serviceScope)
            ? serviceScope.ServiceProvider
            : context.GetPayload<IServiceProvider>();
        return DirectSchedulers.Create(scope, context);
    }
}
