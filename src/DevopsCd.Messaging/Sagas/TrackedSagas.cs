using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

internal static class TrackedSagas
{
    /// <summary>The entry of an instance the context already knows, or null. Looks by CorrelationId, which need not be the key.</summary>
    public static EntityEntry<TSaga>? FindTracked<TSaga>(this DbContext context, Guid correlationId)
        where TSaga : class, ISaga
    {
        foreach (var entry in context.ChangeTracker.Entries<TSaga>())
        {
            if (entry.Entity.CorrelationId == correlationId)
                return entry;
        }
        return null;
    }
}
