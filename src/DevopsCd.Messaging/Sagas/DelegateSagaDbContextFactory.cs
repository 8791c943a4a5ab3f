using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

/// <summary>Makes a DbContext for every message by a delegate and disposes it afterwards.</summary>
public class DelegateSagaDbContextFactory<TSaga>(Func<DbContext> create) : ISagaDbContextFactory<TSaga>
    where TSaga : class, ISaga
{
    /// <inheritdoc />
    public DbContext Create() => create();

    /// <inheritdoc />
    public DbContext CreateScoped<T>(ConsumeContext<T> context)
        where T : class => create();

    /// <inheritdoc />
    public ValueTask ReleaseAsync(DbContext dbContext)
    {
        ArgumentNullException.ThrowIfNull(dbContext);
        return dbContext.DisposeAsync();
    }
}
