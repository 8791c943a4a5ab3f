using MassTransit.QuartzIntegration;
using MassTransit.Scheduling;

namespace MassTransit.Configuration;

internal sealed class ResumeScheduledMessageConsumerDefinition : ConsumerDefinition<ResumeScheduledMessageConsumer>
{
    private readonly QuartzEndpointDefinition _endpoint;

    public ResumeScheduledMessageConsumerDefinition(QuartzEndpointDefinition endpoint)
    {
        _endpoint = endpoint;
        EndpointDefinition = endpoint;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<ResumeScheduledMessageConsumer> consumerConfigurator,
            IRegistrationContext context)
    {
        consumerConfigurator.Message<ResumeScheduledRecurringMessage>(
            message => message.UsePartitioner(_endpoint.Partition, consumed => $"{consumed.Message.ScheduleGroup},{consumed.Message.ScheduleId}"));
    }
}
