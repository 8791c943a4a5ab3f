using MassTransit.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.QuartzIntegration;

internal sealed class DirectSchedulerSpecification(IServiceProvider services) : IPipeSpecification<ConsumeContext>
{
    public void Apply(IPipeBuilder<ConsumeContext> builder) => builder.AddFilter(new DirectSchedulerFilter());

    public IEnumerable<ValidationResult> Validate()
    {
        // Only asked whether they are registered: creating them needs the bus that is being built right now.
        var registered = services.GetRequiredService<IServiceProviderIsService>();
        if (!registered.IsService(typeof(ScheduledMessageBuilder)) || !registered.IsService(typeof(ScheduleStore)))
        {
            yield return this.Failure(
                "Scheduler", "call AddQuartzMessageStore(…) and AddTransactionalQuartzScheduler<TDbContext>() before using the scheduler");
        }
    }
}
