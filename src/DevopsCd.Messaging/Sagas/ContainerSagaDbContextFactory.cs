using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

/// <summary>Hands out the DbContext of the container's scope: the one activities and other scoped services are given. The scope disposes it.</summary>
public class ContainerSagaDbContextFactory<TContext, TSaga>(TContext dbContext) : ISagaDbContextFactory<TSaga>
    where TContext : DbContext
    where TSaga : class, ISaga
{
    /// <inheritdoc />
    public DbContext Create() => dbContext;

    /// <inheritdoc />
    public DbContext CreateScoped<T>(ConsumeContext<T> context)
        where T : class => dbContext;

    /// <inheritdoc />
    public ValueTask ReleaseAsync(DbContext dbContext) => default;
}
