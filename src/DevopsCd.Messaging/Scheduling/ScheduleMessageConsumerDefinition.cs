using MassTransit.QuartzIntegration;
using MassTransit.Scheduling;

namespace MassTransit.Configuration;

internal sealed class ScheduleMessageConsumerDefinition : ConsumerDefinition<ScheduleMessageConsumer>
{
    private readonly QuartzEndpointDefinition _endpoint;

    public ScheduleMessageConsumerDefinition(QuartzEndpointDefinition endpoint)
    {
        _endpoint = endpoint;
        EndpointDefinition = endpoint;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<ScheduleMessageConsumer> consumerConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.UseMessageRetry(retry => retry.Intervals(100, 500, 1000, 2000, 5000));
        consumerConfigurator.Message<ScheduleMessage>(
            message => message.UsePartitioner(_endpoint.Partition, consumed => consumed.Message.CorrelationId));
        consumerConfigurator.Message<ScheduleRecurringMessage>(
            message => message.UsePartitioner(_endpoint.Partition,
                consumed => $"{consumed.Message.Schedule?.ScheduleGroup},{consumed.Message.Schedule?.ScheduleId}"));
    }
}
