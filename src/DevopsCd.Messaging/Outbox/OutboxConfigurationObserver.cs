using MassTransit.Configuration;
using MassTransit.DependencyInjection;
using MassTransit.JobService;
using MassTransit.Metadata;
using MassTransit.Middleware;
using MassTransit.Transports;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Puts the outbox in front of every consumer and saga of an endpoint.</summary>
internal sealed class OutboxConfigurationObserver<TDbContext>(IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    : IConsumerConfigurationObserver, ISagaConfigurationObserver, IOutboxOptionsConfigurator
    where TDbContext : DbContext
{
    public int MessageDeliveryLimit { get; set; } = 1;

    public TimeSpan MessageDeliveryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class =>
        Add<TConsumer, TMessage>((IPipeConfigurator<ConsumeContext<TMessage>>)configurator, new OutboxConsumeOptions());

    public void SagaConfigured<TSaga>(ISagaConfigurator<TSaga> configurator)
        where TSaga : class, ISaga
    {
    }

    public void StateMachineSagaConfigured<TInstance>(ISagaConfigurator<TInstance> configurator, SagaStateMachine<TInstance> stateMachine)
        where TInstance : class, ISaga, SagaStateMachineInstance
    {
    }

    public void SagaMessageConfigured<TSaga, TMessage>(ISagaMessageConfigurator<TSaga, TMessage> configurator)
        where TSaga : class, ISaga
        where TMessage : class =>
        Add<TSaga, TMessage>((IPipeConfigurator<ConsumeContext<TMessage>>)configurator, new SagaOutboxConsumeOptions());

    private void Add<T, TMessage>(IPipeConfigurator<ConsumeContext<TMessage>> pipe, OutboxConsumeOptions options)
        where T : class
        where TMessage : class
    {
        options.ConsumerId = JobMetadataCache<T, TMessage>.GenerateJobTypeId(endpoint.InputAddress.GetEndpointName());
        options.ConsumerType = TypeMetadataCache<T>.ShortName;
        options.MessageDeliveryLimit = MessageDeliveryLimit;
        options.MessageDeliveryTimeout = MessageDeliveryTimeout;

        var scopes = new ConsumeScopeProvider(context, (ISetScopedConsumeContext)context);
        pipe.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<TMessage>>(new OutboxConsumeFilter<TDbContext, TMessage>(scopes, options)));
    }
}
