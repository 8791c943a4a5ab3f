using MassTransit.QuartzIntegration;
using MassTransit.Scheduling;

namespace MassTransit.Configuration;

internal sealed class PauseScheduledMessageConsumerDefinition : ConsumerDefinition<PauseScheduledMessageConsumer>
{
    private readonly QuartzEndpointDefinition _endpoint;

    public PauseScheduledMessageConsumerDefinition(QuartzEndpointDefinition endpoint)
    {
        _endpoint = endpoint;
        EndpointDefinition = endpoint;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<PauseScheduledMessageConsumer> consumerConfigurator,
            IRegistrationContext context)
    {
        consumerConfigurator.Message<PauseScheduledRecurringMessage>(
            message => message.UsePartitioner(_endpoint.Partition, consumed => $"{consumed.Message.ScheduleGroup},{consumed.Message.ScheduleId}"));
    }
}
