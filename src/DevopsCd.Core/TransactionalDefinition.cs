using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using MassTransit;

namespace DevopsCd.Core;

/// <summary>A consumer whose whole work is one transaction with what it publishes.</summary>
internal sealed class TransactionalDefinition<TConsumer> : ConsumerDefinition<TConsumer> where TConsumer : class, IConsumer
{
    protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<TConsumer> consumerConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.UseMessageRetry(DatabaseRetry.Configure);
        endpointConfigurator.UseEntityFrameworkOutbox<CdDbContext>(context);
    }
}
