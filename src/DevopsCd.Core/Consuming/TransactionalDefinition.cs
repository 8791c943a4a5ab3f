using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Consuming;

/// <summary>A consumer whose whole work is one transaction with what it publishes.</summary>
internal sealed class TransactionalDefinition<TConsumer> : ConsumerDefinition<TConsumer> where TConsumer : class, IConsumer
{
    protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<TConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.UseFilter(context.GetRequiredService<SenderDoor>());
        endpointConfigurator.UseMessageRetry(DatabaseRetry.Configure);
        endpointConfigurator.UsePlaces(16);
        endpointConfigurator.UseEntityFrameworkOutbox<CdDbContext>(context);
    }
}
