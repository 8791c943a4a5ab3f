using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>The bus whose messages are in the outbox of <typeparamref name="TDbContext"/>.</summary>
internal sealed class OutboxBus<TDbContext>(Func<IServiceProvider, IBusControl> find)
    where TDbContext : DbContext
{
    public IBusControl Find(IServiceProvider provider) => find(provider);
}
