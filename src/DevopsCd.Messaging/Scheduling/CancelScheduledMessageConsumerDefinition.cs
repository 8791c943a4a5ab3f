using MassTransit.QuartzIntegration;
using MassTransit.Scheduling;

namespace MassTransit.Configuration;

internal sealed class CancelScheduledMessageConsumerDefinition : ConsumerDefinition<CancelScheduledMessageConsumer>
{
    private readonly QuartzEndpointDefinition _endpoint;

    public CancelScheduledMessageConsumerDefinition(QuartzEndpointDefinition endpoint)
    {
        _endpoint = endpoint;
        EndpointDefinition = endpoint;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<CancelScheduledMessageConsumer> consumerConfigurator,
            IRegistrationContext context)
    {
        consumerConfigurator.Message<CancelScheduledMessage>(
            message => message.UsePartitioner(_endpoint.Partition, consumed => consumed.Message.TokenId));
        consumerConfigurator.Message<CancelScheduledRecurringMessage>(
            message => message.UsePartitioner(_endpoint.Partition, consumed => $"{consumed.Message.ScheduleGroup},{consumed.Message.ScheduleId}"));
    }
}
