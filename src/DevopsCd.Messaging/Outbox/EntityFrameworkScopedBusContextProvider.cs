using MassTransit.DependencyInjection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// Decides what a scope publishes with. In a consumer of this bus it is the message being consumed, looked up at every use because the outbox
/// replaces it on the way; in every other scope, a mediator's consumer included, it is the bus outbox.
/// </summary>
internal sealed class EntityFrameworkScopedBusContextProvider<TBus, TDbContext>(
    TBus bus,
    Bind<TBus, IClientFactory> clientFactory,
    Bind<TBus, IScopedConsumeContextProvider> consumeContexts,
    IScopedConsumeContextProvider anyConsumeContexts,
    IOptions<EntityFrameworkOutboxOptions<TDbContext>> options,
    IServiceProvider provider) : IScopedBusContextProvider<TBus>, IDisposable
    where TBus : class, IBus
    where TDbContext : DbContext
{
    private EntityFrameworkScopedBusContext<TBus, TDbContext>? _outbox;

    public ScopedBusContext Context => consumeContexts.Value.HasContext
        ? new ConsumeContextScopedBusContext(consumeContexts.Value.GetContext(), clientFactory.Value)
        : _outbox ??= new EntityFrameworkScopedBusContext<TBus, TDbContext>(
            bus,
            provider.GetRequiredService<TDbContext>(),
            provider.GetRequiredService<OutboxDelivery<TDbContext>>(),
            clientFactory.Value,
            provider,
            anyConsumeContexts.HasContext ? anyConsumeContexts.GetContext() : null,
            options.Value.DeliverBusOutbox);

    public void Dispose() => _outbox?.Dispose();
}
