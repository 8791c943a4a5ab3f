using DevopsCd.Core.Batches;
using DevopsCd.Core.Consuming;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core;

/// <summary>A consumer that does its own small transactions, because between them it calls outside or works on many batches.</summary>
internal sealed class OutsideCallDefinition<TConsumer> : ConsumerDefinition<TConsumer> where TConsumer : class, IConsumer
{
    protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<TConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.UseRefusals(context);
        endpointConfigurator.UseFilter(context.GetRequiredService<SenderDoor>());
        endpointConfigurator.UseMessageRetry(DatabaseRetry.Configure);
        endpointConfigurator.UsePlaces(64);
    }
}
